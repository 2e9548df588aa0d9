#!/usr/bin/env bash
# Installs what is missing, builds, and runs all of Tollbridge on this machine:
# database, portal pools, biller, bridge, a WHMCS sandbox and nginx, with all
# state in one folder. `./quickstart.sh --help` says the rest.
set -euo pipefail
umask 077

TB_SRC=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
TB_PARTS=$TB_SRC/conf/quickstart

# shellcheck source=conf/quickstart/lib.sh
. "$TB_PARTS/lib.sh"
# shellcheck source=conf/quickstart/install.sh
. "$TB_PARTS/install.sh"
# shellcheck source=conf/quickstart/build.sh
. "$TB_PARTS/build.sh"
# shellcheck source=conf/quickstart/process.sh
. "$TB_PARTS/process.sh"
# shellcheck source=conf/quickstart/database.sh
. "$TB_PARTS/database.sh"
# shellcheck source=conf/quickstart/services.sh
. "$TB_PARTS/services.sh"
# shellcheck source=conf/quickstart/check.sh
. "$TB_PARTS/check.sh"

usage() {
	cat <<-'END'
	usage: ./quickstart.sh [COMMAND]

	  up             install, build and run in the foreground; Ctrl-C ends it
	                 (what happens without a command)
	  up --detach    the same, and return when everything answers
	  down           stop what `up` started
	  status         what runs; exit status 0 when everything does
	  logs [NAME]    follow the logs (of one process)
	  tollbridge ... the operator's command on this installation
	  build          install and build only
	  check          install test tools, build strictly, run every test
	  --help         this

	Environment
	  TOLLBRIDGE_HOME        folder of all state (./var)
	  TOLLBRIDGE_PORT        of the portals (8080)
	  TOLLBRIDGE_BIND        address they listen on (127.0.0.1)
	  TOLLBRIDGE_WHMCS_URL, TOLLBRIDGE_WHMCS_IDENTIFIER, TOLLBRIDGE_WHMCS_SECRET
	                         use this WHMCS instead of a sandbox; all three
	  TOLLBRIDGE_WHMCS_PORT  of the sandbox (TOLLBRIDGE_PORT + 1)
	  TOLLBRIDGE_SMTP_URL, TOLLBRIDGE_SMTP_FROM, TOLLBRIDGE_SMTP_USER,
	  TOLLBRIDGE_SMTP_PASSWORD
	                         send mails through this server instead of a mailbox
	                         of the demo; user and password if it wants them
	  TOLLBRIDGE_MAIL_PORT, TOLLBRIDGE_SMTP_PORT
	                         of the mailbox: page and server (TOLLBRIDGE_PORT + 2, + 3)

	A second home on another port runs beside the first. To start all over: down,
	then remove the home.
	END
}

# Everything `up` needs before a process is started.
prepare() {
	install_missing run
	build_all
	services_configure
}

cmd_up() {
	local detach=no

	case "${1:-}" in
	--detach | -d) detach=yes ;;
	'') ;;
	*) die "unknown option: $1" ;;
	esac
	home_make
	home_lock
	if process_alive supervisor; then
		say "already running"
		services_urls
		return 0
	fi
	prepare
	process_stop_leftovers
	services_ports_free
	if [ "$detach" = yes ]; then
		services_detach
	else
		services_supervise
	fi
}

cmd_down() {
	[ -d "$TB_HOME" ] || { say "nothing to stop: $TB_HOME does not exist"; return 0; }
	services_down
}

cmd_logs() {
	local files=("$TB_HOME"/log/"${1:-*}".log)

	# the name is a pattern: no NAME follows all
	# shellcheck disable=SC2206
	[ -n "${1:-}" ] || files=("$TB_HOME"/log/*.log)
	[ -e "${files[0]}" ] || die "no logs in $TB_HOME/log"
	exec tail -n 50 -F -- "${files[@]}"
}

# The operator's command; probing WHMCS needs the bridge's configuration.
cmd_tollbridge() {
	local who=migrate

	[ -x "$TB_OBJ/tollbridge" ] || die "nothing is built yet: ./quickstart.sh up"
	[ "${1:-}" != whmcs ] || who=bridge
	case " $* " in
	*" migrate "*) set -- "$@" --dir "$TB_BUILD/src/sql/migrate" ;;
	*" demo "*) set -- "$@" --dir "$TB_BUILD/src/sql" ;;
	esac
	exec "$TB_OBJ/tollbridge" --config "$TB_HOME/etc/$who.conf" "$@"
}

main() {
	local command=${1:-up}

	[ $# -eq 0 ] || shift
	case "$command" in
	up) cmd_up "$@" ;;
	down) cmd_down ;;
	status) services_status ;;
	logs) cmd_logs "$@" ;;
	tollbridge) cmd_tollbridge "$@" ;;
	build) home_make && home_lock && install_missing run && build_all ;;
	check) check_all ;;
	_supervise) services_supervise ;;	# what `up --detach` leaves behind
	-h | --help | help) usage ;;
	*) usage >&2; return 2 ;;
	esac
}

home_paths
main "$@"
