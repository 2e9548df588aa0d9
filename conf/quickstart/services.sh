# shellcheck shell=bash
# The processes of an installation: configuration, start, watch, stop.

# In order of start; stopped the other way round.
TB_SERVICES="mysql whmcs mail user admin hook biller bridge nginx"

whmcs_is_ours() {
	[ -z "${TOLLBRIDGE_WHMCS_URL:-}" ] && [ -e "$TB_BUILD/src/tests/sandbox/whmcs/server.py" ]
}

mail_is_ours() {
	[ -z "${TOLLBRIDGE_SMTP_URL:-}" ] && [ -e "$TB_BUILD/src/tests/sandbox/smtp/server.py" ]
}

service_wanted() {
	case "$1" in
	mysql | nginx) return 0 ;;
	user | admin | hook) [ -x "$TB_OBJ/tollbridge-portal" ] ;;
	biller | bridge) [ -x "$TB_OBJ/tollbridge-$1" ] ;;
	whmcs) whmcs_is_ours ;;
	mail) mail_is_ours ;;
	esac
}

listen_address() {
	case "$TB_BIND" in
	*:*) printf '[%s]:%s' "$TB_BIND" "$TB_PORT" ;;
	*) printf '%s:%s' "$TB_BIND" "$TB_PORT" ;;
	esac
}

# Where a browser on this machine finds us.
base_url() {
	case "$TB_BIND" in
	0.0.0.0) printf 'http://127.0.0.1:%s' "$TB_PORT" ;;
	::) printf 'http://[::1]:%s' "$TB_PORT" ;;
	*) printf 'http://%s' "$(listen_address)" ;;
	esac
}

# ---- configuration ----

program_conf() {
	put "$TB_HOME/etc/$1.conf" <<-END
	# made by quickstart.sh; conf/tollbridge.conf.example explains the keys
	[database]
	socket = $TB_RUN/mysql.sock
	name = tollbridge
	user = tollbridge_$1
	password = file:$TB_HOME/etc/$1.password

	[portal]
	cookie_secure = no
	END
}

whmcs_conf() {
	local url identifier secret

	if [ -n "${TOLLBRIDGE_WHMCS_URL:-}" ]; then
		url=$TOLLBRIDGE_WHMCS_URL
		identifier=${TOLLBRIDGE_WHMCS_IDENTIFIER:-}
		secret=${TOLLBRIDGE_WHMCS_SECRET:-}
		if [ -z "$identifier" ] || [ -z "$secret" ]; then
			die "TOLLBRIDGE_WHMCS_URL also needs _IDENTIFIER and _SECRET"
		fi
		case "$url$identifier$secret" in
		*$'\n'*) die "TOLLBRIDGE_WHMCS_*: one line each" ;;
		esac
		case "$url" in
		https://* | http://127.* | http://localhost | http://localhost[:/]* | "http://[::1]"*) ;;
		*) die "TOLLBRIDGE_WHMCS_URL: https, or http on this machine only (the secret travels in it)" ;;
		esac
	elif whmcs_is_ours; then
		url=http://127.0.0.1:$TB_WHMCS_PORT
		[ -s "$TB_HOME/etc/sandbox.identifier" ] || random_word | put "$TB_HOME/etc/sandbox.identifier"
		[ -s "$TB_HOME/etc/sandbox.secret" ] || random_word | put "$TB_HOME/etc/sandbox.secret"
		identifier=$(cat "$TB_HOME/etc/sandbox.identifier")
		secret=$(cat "$TB_HOME/etc/sandbox.secret")
	else
		return 0
	fi
	printf '%s\n' "$identifier" | put "$TB_HOME/etc/whmcs.identifier"
	printf '%s\n' "$secret" | put "$TB_HOME/etc/whmcs.secret"
	# where it is may be known to all; what opens it only to the bridge
	for who in user admin biller bridge migrate; do
		printf '\n[whmcs]\nurl = %s\n' "$url" >>"$TB_HOME/etc/$who.conf"
	done
	# with what the addon in WHMCS signs: only the pool that takes its pushes knows it
	[ -s "$TB_HOME/etc/whmcs.hook_secret" ] || random_word | put "$TB_HOME/etc/whmcs.hook_secret"
	printf '\n[whmcs]\nhook_secret = file:%s\n' "$TB_HOME/etc/whmcs.hook_secret" \
		>>"$TB_HOME/etc/hook.conf"
	cat >>"$TB_HOME/etc/bridge.conf" <<-END
	identifier = file:$TB_HOME/etc/whmcs.identifier
	secret = file:$TB_HOME/etc/whmcs.secret
	allow_http = $(case "$url" in https:*) echo no ;; *) echo yes ;; esac)
	END
}

# Where mails are handed over: the mailbox of the demo, or a real server.
mail_conf() {
	local url from=portal@example.com who

	if [ -n "${TOLLBRIDGE_SMTP_URL:-}" ]; then
		url=$TOLLBRIDGE_SMTP_URL
		from=${TOLLBRIDGE_SMTP_FROM:-}
		case "$from" in
		*@*) ;;
		*) die "TOLLBRIDGE_SMTP_URL also needs TOLLBRIDGE_SMTP_FROM, the sender's address" ;;
		esac
		case "$url$from${TOLLBRIDGE_SMTP_USER:-}${TOLLBRIDGE_SMTP_PASSWORD:-}" in
		*$'\n'*) die "TOLLBRIDGE_SMTP_*: one line each" ;;
		esac
	elif mail_is_ours; then
		url=smtp://127.0.0.1:$TB_SMTP_PORT
	fi
	for who in admin bridge migrate; do
		printf '\n[mail]\ntemplates = %s\n' "$TB_BUILD/src/conf/mail" >>"$TB_HOME/etc/$who.conf"
	done
	[ -n "${url:-}" ] || return 0
	cat >>"$TB_HOME/etc/bridge.conf" <<-END
	smtp_url = $url
	from = $from
	timeout_s = 10
	END
	[ -n "${TOLLBRIDGE_SMTP_URL:-}" ] && [ -n "${TOLLBRIDGE_SMTP_USER:-}" ] || return 0
	printf '%s\n' "${TOLLBRIDGE_SMTP_PASSWORD:-}" | put "$TB_HOME/etc/smtp.password"
	cat >>"$TB_HOME/etc/bridge.conf" <<-END
	user = $TOLLBRIDGE_SMTP_USER
	password = file:$TB_HOME/etc/smtp.password
	END
}

# Links in mails lead here; mails are on from the first start. What staff changed
# afterwards stays, unless the portals moved.
mail_settings() {
	local stamp=$TB_HOME/etc/base_url

	[ "$(cat "$stamp" 2>/dev/null)" != "$(base_url)" ] || return 0
	cli settings set portal.base_url "$(base_url)" --reason "quickstart" || return 1
	[ -e "$stamp" ] || cli settings set mail.enabled on --reason "quickstart" || return 1
	base_url | put "$stamp"
}

nginx_conf() {
	local to=$TB_HOME/etc/nginx from=$TB_BUILD/src/nginx f words

	mkdir -p -- "$to"
	words=("listen=$(listen_address)" server_name=_ "wwwdir=$TB_HOME/www" "rundir=$TB_RUN"
		"nginxdir=$to" "statedir=$TB_HOME" "access_log=\"$TB_HOME/log/access.log\""
		"user_line=$([ "$(id -u)" -ne 0 ] || echo 'user root;')")
	for f in nginx.conf portal.conf fastcgi.conf; do
		fill "$from/$f.in" "${words[@]}" | put "$to/$f"
	done
	cp -- "$from/headers.conf" "$from/mime.types" "$to/"
}

services_configure() {
	local who

	db_configure
	db_passwords
	for who in $TB_POOLS; do
		program_conf "$who"
	done
	whmcs_conf
	mail_conf
	nginx_conf
	step "making the database" db_install
}

# ---- one service ----

service_start() {
	local PATH=$PATH:/usr/sbin:/sbin workers

	case "$1" in
	mysql)
		[ "$(id -u)" -ne 0 ] || set -- mysql --user=root
		shift
		process_start mysql mariadbd --defaults-file="$TB_HOME/etc/my.cnf" "$@" ;;
	user | admin | hook)
		workers=${TOLLBRIDGE_WORKERS:-4}
		[ "$1" = user ] || workers=$(((workers + 1) / 2))
		process_start "$1" "$TB_OBJ/tollbridge-portal" --pool "$1" --socket "$TB_RUN/$1.sock" \
			--mode 0600 --workers "$workers" --config "$TB_HOME/etc/$1.conf" ;;
	biller | bridge)
		process_start "$1" "$TB_OBJ/tollbridge-$1" --config "$TB_HOME/etc/$1.conf" ;;
	whmcs)
		process_start whmcs /usr/bin/python3 "$TB_BUILD/src/tests/sandbox/whmcs/server.py" \
			--port "$TB_WHMCS_PORT" --state "$TB_HOME/whmcs" \
			--identifier "$(cat "$TB_HOME/etc/whmcs.identifier")" \
			--secret "$(cat "$TB_HOME/etc/whmcs.secret")" \
			--pidfile "$TB_HOME/tmp/whmcs.pid" ;;
	mail)
		process_start mail /usr/bin/python3 "$TB_BUILD/src/tests/sandbox/smtp/server.py" \
			--port "$TB_SMTP_PORT" --http "$TB_MAIL_PORT" --state "$TB_HOME/mail" \
			--pidfile "$TB_HOME/tmp/mail.pid" ;;
	nginx)
		process_start nginx nginx -e stderr -p "$TB_HOME" -c "$TB_HOME/etc/nginx/nginx.conf" ;;
	esac
}

service_stop() {
	case "$1" in
	nginx) process_stop nginx 15 QUIT ;;
	mysql) process_stop mysql 120 ;;
	*) process_stop "$1" 40 ;;
	esac
}

services_reverse() {
	local s all=''

	for s in $TB_SERVICES; do
		all="$s $all"
	done
	printf '%s' "$all"
}

services_stop_all() {
	local s

	for s in $(services_reverse); do
		service_stop "$s"
	done
	rm -f -- "$TB_HOME/ready"
}

# ---- all of them ----

port_taken() {
	(exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}

services_ports_free() {
	local at=127.0.0.1

	case "$TB_BIND" in
	0.0.0.0 | ::) ;;
	*) at=$TB_BIND ;;
	esac
	! port_taken "$at" "$TB_PORT" ||
		die "port $TB_PORT is taken by another program; set TOLLBRIDGE_PORT"
	if whmcs_is_ours && port_taken 127.0.0.1 "$TB_WHMCS_PORT"; then
		die "port $TB_WHMCS_PORT is taken by another program; set TOLLBRIDGE_WHMCS_PORT"
	fi
	if mail_is_ours && port_taken 127.0.0.1 "$TB_MAIL_PORT"; then
		die "port $TB_MAIL_PORT is taken by another program; set TOLLBRIDGE_MAIL_PORT"
	fi
	if mail_is_ours && port_taken 127.0.0.1 "$TB_SMTP_PORT"; then
		die "port $TB_SMTP_PORT is taken by another program; set TOLLBRIDGE_SMTP_PORT"
	fi
}

# What an earlier run left when its supervisor was killed.
process_stop_leftovers() {
	local s

	# also what a killed supervisor was just running: migrate, say
	for s in supervisor $(services_reverse); do
		if process_signal "$s" 0; then
			say "stopping $s of an earlier run"
		fi
		service_stop "$s"
	done
}

services_urls() {
	local url

	url=$(base_url)
	printf '\n  customers   %s/user/\n  staff       %s/admin/\n' "$url" "$url"
	if whmcs_is_ours; then
		printf '  WHMCS       http://127.0.0.1:%s/ (sandbox)\n' "$TB_WHMCS_PORT"
	fi
	if mail_is_ours; then
		printf '  mailbox     http://127.0.0.1:%s/ (every mail of the demo)\n' "$TB_MAIL_PORT"
	fi
	if [ -s "$TB_HOME/etc/logins" ]; then
		printf '\n'
		sed 's/^/  /' "$TB_HOME/etc/logins"
	fi
	printf '\n'
}

services_status() {
	local s pid bad=0

	for s in supervisor $TB_SERVICES; do
		[ "$s" = supervisor ] || service_wanted "$s" || continue
		if pid=$(process_pid "$s"); then
			printf '%-12s running  %s\n' "$s" "$pid"
		else
			printf '%-12s stopped\n' "$s"
			bad=3
		fi
	done
	return $bad
}

wait_until_answering() {
	local i pool

	for pool in user admin hook; do
		service_wanted "$pool" || continue
		for ((i = 0; ; i++)); do
			curl -fsS -o /dev/null --max-time 5 --noproxy '*' "$(base_url)/api/$pool/health" \
				2>/dev/null && break
			[ $i -lt 300 ] && [ "$TB_STOP" = no ] || return 1
			sleep 0.2
		done
	done
}

services_start_all() {
	local s

	say "starting the database"
	service_start mysql
	db_wait || { warn "the database does not start: see $TB_HOME/log/mysql.log"; return 1; }
	step "looking for a first start that was cut short" db_forget_half
	step "creating schema and users" db_run "$TB_BUILD/src/sql/create.sql"
	step "migrating" db_migrate
	step "granting rights" db_run "$TB_BUILD/src/sql/grants.sql"
	step "demonstration data" db_demo
	step "settings of mails" mail_settings
	for s in $TB_SERVICES; do
		if [ "$s" != mysql ] && service_wanted "$s"; then
			say "starting $s"
			service_start "$s"
		fi
	done
	wait_until_answering || { warn "it does not answer: see $TB_HOME/log"; return 1; }
}

declare -A TB_NEXT TB_DELAY

# Starts again what died, with growing patience when it keeps dying.
services_mend() {
	local s

	for s in $TB_SERVICES; do
		service_wanted "$s" || continue
		if process_alive "$s"; then
			[ $((SECONDS - ${TB_NEXT[$s]:-0})) -lt 60 ] || TB_DELAY[$s]=0
			continue
		fi
		[ "$SECONDS" -ge "${TB_NEXT[$s]:-0}" ] || continue
		warn "$(date -u +%FT%TZ) $s has died; starting it again"
		# a killed nginx leaves workers that hold the port
		process_stop "$s" 5
		service_start "$s" || true
		TB_DELAY[$s]=$((${TB_DELAY[$s]:-0} * 2 + 1))
		[ "${TB_DELAY[$s]}" -le 30 ] || TB_DELAY[$s]=30
		TB_NEXT[$s]=$((SECONDS + TB_DELAY[$s]))
	done
}

services_leave() {
	trap '' TERM INT HUP
	say "stopping"
	services_stop_all
	rm -f -- "$TB_HOME/pid/supervisor"
	say "stopped"
}

# Runs until told to stop; stops all it started, however it ends.
services_supervise() {
	TB_STOP=no
	process_note supervisor $$
	home_unlock
	trap 'TB_STOP=yes' TERM INT HUP
	trap services_leave EXIT
	rm -f -- "$TB_HOME/ready"
	if ! services_start_all; then
		[ "$TB_STOP" = yes ] || die "could not start"
		return 0
	fi
	say "up"
	services_urls
	: >"$TB_HOME/ready"
	while [ "$TB_STOP" = no ]; do
		services_mend
		# a trap runs at once only while the shell waits for a child
		sleep 0.5 &
		wait $! || true
	done
}

services_detach() {
	local log=$TB_HOME/log/supervisor.log seen pid

	touch "$log"
	seen=$(stat -c %s "$log")
	rm -f -- "$TB_HOME/ready"
	setsid "$TB_SRC/quickstart.sh" _supervise >>"$log" 2>&1 </dev/null 9>&- &
	pid=$!
	while [ ! -e "$TB_HOME/ready" ]; do
		if [ ! -e "/proc/$pid" ] || ! start_of "$pid" >/dev/null; then
			tail -c +$((seen + 1)) "$log" >&2
			die "did not start; see $log"
		fi
		tail -c +$((seen + 1)) "$log" | head -c 65536 >"$TB_HOME/tmp/seen"
		cat "$TB_HOME/tmp/seen"
		seen=$((seen + $(stat -c %s "$TB_HOME/tmp/seen")))
		sleep 0.2
	done
	tail -c +$((seen + 1)) "$log"
	say "running in the background; ./quickstart.sh down stops it"
}

services_down() {
	local i pid

	if pid=$(process_pid supervisor); then
		say "stopping"
		kill -TERM "$pid"
		for ((i = 0; i < 2400; i++)); do
			process_alive supervisor || break
			sleep 0.1
		done
		! process_alive supervisor || kill -KILL "$pid" 2>/dev/null || true
	fi
	services_stop_all
	rm -f -- "$TB_HOME/pid/supervisor"
	say "stopped"
}
