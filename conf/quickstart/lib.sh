# shellcheck shell=bash
# Words on the screen, the home folder and its lock.

say() {
	printf '%s\n' "tollbridge: $*"
}

warn() {
	printf '%s\n' "tollbridge: $*" >&2
}

die() {
	warn "$*"
	exit 1
}

# step "what" command...: says what, runs it quietly, shows its output when it fails.
step() {
	local what=$1 log=$TB_HOME/log/install.log now started=$SECONDS rc=0
	shift
	now=$TB_HOME/tmp/step.$$

	printf '%s' "tollbridge: $what ... "
	"$@" >"$now" 2>&1 </dev/null || rc=$?
	{ printf '== %s %s: %d\n' "$(date -u +%FT%TZ)" "$what" "$rc"; cat -- "$now"; } >>"$log"
	if [ "$rc" -eq 0 ]; then
		printf 'ok (%d s)\n' $((SECONDS - started))
		rm -f -- "$now"
	else
		printf 'FAILED\n'
		tail -n 40 -- "$now" >&2
		rm -f -- "$now"
		die "failed: $what; all of it is in $log"
	fi
}

# Numbers that end up in command lines and files.
port_check() {
	if [[ ! "$2" =~ ^[0-9]{1,5}$ ]] || [ "$2" -lt 1 ] || [ "$2" -gt 65535 ]; then
		die "$1 is not a port: $2"
	fi
}

home_paths() {
	TB_HOME=${TOLLBRIDGE_HOME:-$TB_SRC/var}
	case "$TB_HOME" in
	/*) ;;
	*) TB_HOME=$PWD/$TB_HOME ;;
	esac
	TB_HOME=${TB_HOME%/}
	# these mean something in the files the path is written into
	case "$TB_HOME" in
	*[\"\'\\\$\`\&\|\;\*\?\[\]{}\<\>\#]* | *$'\n'*)
		die "TOLLBRIDGE_HOME holds a character that does not work: $TB_HOME" ;;
	esac
	TB_PORT=${TOLLBRIDGE_PORT:-8080}
	TB_BIND=${TOLLBRIDGE_BIND:-127.0.0.1}
	port_check TOLLBRIDGE_PORT "$TB_PORT"
	TB_WHMCS_PORT=${TOLLBRIDGE_WHMCS_PORT:-$((TB_PORT + 1))}
	port_check TOLLBRIDGE_WHMCS_PORT "$TB_WHMCS_PORT"
	TB_MAIL_PORT=${TOLLBRIDGE_MAIL_PORT:-$((TB_PORT + 2))}
	port_check TOLLBRIDGE_MAIL_PORT "$TB_MAIL_PORT"
	TB_SMTP_PORT=${TOLLBRIDGE_SMTP_PORT:-$((TB_PORT + 3))}
	port_check TOLLBRIDGE_SMTP_PORT "$TB_SMTP_PORT"
	[[ "$TB_BIND" =~ ^[0-9a-fA-F.:]+$ ]] || die "TOLLBRIDGE_BIND is not an address: $TB_BIND"
	TB_RUN=$TB_HOME/run
	# A unix socket's path may have 107 bytes; longest name: /mysql.sock.lock
	if [ "$(printf %s "$TB_RUN" | wc -c)" -gt 88 ]; then
		TB_RUN=$(short_dir)
	fi
	TB_BUILD=$TB_HOME/build
	TB_OBJ=$TB_BUILD/obj
	export TB_SRC TB_HOME TB_RUN TB_BUILD TB_OBJ
}

# A short folder that belongs to this home alone.
short_dir() {
	local base=/tmp key

	key=$(printf %s "$TB_HOME" | sha256sum | cut -c1-16)
	[ -d "${XDG_RUNTIME_DIR:-/nonexistent}" ] && [ -w "${XDG_RUNTIME_DIR:-/nonexistent}" ] &&
		base=$XDG_RUNTIME_DIR
	[ "${#base}" -le 60 ] || base=/tmp
	printf '%s/tollbridge-%s-%s' "$base" "$(id -u)" "$key"
}

home_make() {
	local d

	mkdir -p -- "$TB_HOME"
	chmod 700 -- "$TB_HOME"
	for d in etc log pid tmp nginx-tmp whmcs build; do
		mkdir -p -- "$TB_HOME/$d"
	done
	# in /tmp anybody could have made it before us
	if [ ! -d "$TB_RUN" ]; then
		mkdir -m 700 -- "$TB_RUN"
	fi
	if [ -L "$TB_RUN" ] || [ ! -O "$TB_RUN" ]; then
		die "$TB_RUN does not belong to us"
	fi
	chmod 700 -- "$TB_RUN"
	if [ "$TB_RUN" != "$TB_HOME/run" ]; then
		ln -sfn -- "$TB_RUN" "$TB_HOME/run"
	fi
}

# One command at a time per home. Children must not inherit it: 9>&-.
home_lock() {
	exec 9>"$TB_HOME/lock"
	if ! flock -n 9; then
		say "another command is at work in $TB_HOME; waiting"
		flock -w 1800 9 || die "it did not end"
	fi
}

home_unlock() {
	exec 9>&-
}

# fill FILE word=value...: @word@ -> value, to standard output.
fill() {
	local file=$1 pair expr=()
	shift

	for pair in "$@"; do
		expr+=(-e "s|@${pair%%=*}@|${pair#*=}|g")
	done
	sed "${expr[@]}" -- "$file"
}

# put FILE: standard input into FILE, all at once.
put() {
	cat >"$1.new"
	mv -f -- "$1.new" "$1"
}

random_word() {
	od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}
