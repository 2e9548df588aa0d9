#!/usr/bin/env bash
# What `make install` puts on a provider's machine: complete, accepted by
# systemd and nginx, hardened, and the example configuration is readable.
# shellcheck disable=SC2016  # backquotes of SQL
set -u
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT
n=0 bad=0

# check "what" command...
check() {
	local what=$1
	shift
	n=$((n + 1))
	if "$@" >"$tmp/out" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$tmp/out"
		bad=$((bad + 1))
	fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

dest=$tmp/dest
check "make install" make -s -C "$TB_OBJ" install DESTDIR="$dest"
prefix=$(awk '$1 == "prefix" { print $3 }' "$TB_OBJ/Makefile")
units=$dest$prefix/lib/systemd/system

no_words_left() {
	! grep -rnE '@[a-z_]+@' "$dest$prefix/etc" "$units"
}
check "every placeholder is filled in" no_words_left

# verify looks for the programs where they will be; here they are under DESTDIR
units_verify() {
	local u bad=0

	mkdir -p "$tmp/units"
	for u in "$units"/*; do
		sed "s|=$prefix/sbin/|=$dest$prefix/sbin/|" "$u" >"$tmp/units/${u##*/}"
	done
	for u in biller bridge; do
		[ -x "$dest$prefix/sbin/tollbridge-$u" ] ||
			sed -i 's|^ExecStart=.*|ExecStart=/bin/true|' "$tmp/units/tollbridge-$u.service"
	done
	cp "$tmp/units/tollbridge-portal@.service" "$tmp/units/tollbridge-portal@user.service"
	cp "$tmp/units/tollbridge-portal@.socket" "$tmp/units/tollbridge-portal@user.socket"
	for u in portal@user biller bridge; do
		SYSTEMD_UNIT_PATH="$tmp/units:" systemd-analyze verify --recursive-errors=no --man=no \
			"$tmp/units/tollbridge-$u.service" || bad=1
	done
	return $bad
}
# exposure UNIT THRESHOLD: tenths
exposure() {
	systemd-analyze security --offline=true --threshold="$2" "$tmp/units/$1"
}
if command -v systemd-analyze >/dev/null; then
	check "systemd accepts the units" units_verify
	check "portal unit: exposure at most 1.5" exposure tollbridge-portal@user.service 15
	check "biller unit: exposure at most 1.5" exposure tollbridge-biller.service 15
	check "bridge unit: exposure at most 2.0" exposure tollbridge-bridge.service 20
else
	skip "units" "no systemd-analyze"
fi

# In an nginx that has other things to do, as its own include.
nginx_accepts() {
	local conf=$dest$prefix/etc/tollbridge/nginx

	sed -i -e "s|$prefix/etc/tollbridge|$dest$prefix/etc/tollbridge|" \
		-e "s|/var/log/nginx|$tmp|" "$conf"/*.conf
	cat >"$tmp/nginx.conf" <<-END
	pid $tmp/nginx.pid;
	error_log stderr;
	events { }
	http {
		access_log off;
		client_body_temp_path $tmp/b; proxy_temp_path $tmp/p; fastcgi_temp_path $tmp/f;
		uwsgi_temp_path $tmp/u; scgi_temp_path $tmp/s;
		server { listen 127.0.0.1:18199 default_server; return 444; }
		include $conf/portal.conf;
	}
	END
	PATH=$PATH:/usr/sbin nginx -e stderr -t -c "$tmp/nginx.conf" -p "$tmp"
}
check "nginx accepts the site" nginx_accepts

# Every boot fact is explained, and nothing is explained that is not one; a default that
# depends on where it is installed stands there as a comment.
example_is_complete() {
	diff <(sed -nE 's/^CONF\("([a-z]+)", *"([a-z_]+)".*/\1.\2/p' "$TB_SRC/billing/base/conf.def") \
		<(awk '/^\[/ { s = substr($0, 2, length($0) - 2) }
			/^#?[a-z_]+ =/ { sub(/^#/, ""); print s "." $1 }' "$TB_SRC/conf/tollbridge.conf.example")
}
check "the example has every key, in order" example_is_complete
check "the example can be read" "$TB_OBJ/tollbridge" \
	--config "$TB_SRC/conf/tollbridge.conf.example" conf

# A right on a table that is gone would stop the next start.
grants_name_tables() {
	comm -23 <(sed -nE 's/.* ON `@db@`\.([a-z_]+) TO .*/\1/p' "$TB_SRC/sql/grants.sql" |
		sort -u) \
		<(cat "$TB_SRC"/sql/migrate/*.sql |
			sed -nE 's/^CREATE TABLE IF NOT EXISTS ([a-z_]+) .*/\1/p' | sort -u) |
		awk '{ print "no such table: " $0; bad = 1 } END { exit bad }'
}
check "grants are for tables that exist" grants_name_tables

append_only() {
	! grep -nE '(UPDATE|DELETE).* ON `@db@`\.(ledger_txn|ledger_entry|setting_history|audit_log) ' \
		"$TB_SRC/sql/grants.sql"
}
check "nobody may change what is only ever added" append_only

echo "1..$n"
[ "$bad" -eq 0 ]
