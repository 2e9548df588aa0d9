#!/bin/sh
# A private MariaDB on a unix socket for one command, gone afterwards.
#
#	mariadb.sh run COMMAND [ARG...]	TB_DB_SOCKET and TB_DB_NAME are set for it
#	mariadb.sh start DIR		prints the socket; the server stays. On a folder of
#					an earlier start: the server again, on its data
#	mariadb.sh stop DIR
#
# The database is tollbridge_test, user root without password. Exit 77: no server here.
# SERVER_ARGS in the environment: more options of the server.
set -u
PATH=$PATH:/usr/sbin:/usr/local/sbin

find_tools()
{
	server=$(command -v mariadbd || command -v mysqld) || exit 77
	install=$(command -v mariadb-install-db || command -v mysql_install_db) || exit 77
	client=$(command -v mariadb || command -v mysql) || exit 77
}

start()
{
	dir=$1
	find_tools
	me=$(id -un)
	mkdir -p "$dir/tmp" && chmod 700 "$dir" || exit 1
	# A server that starts clears away the temporary tables it finds: not in /tmp.
	TMPDIR=$dir/tmp
	export TMPDIR
	[ -d "$dir/data/mysql" ] ||
		"$install" --no-defaults --datadir="$dir/data" --user="$me" --skip-test-db \
		--auth-root-authentication-method=normal >"$dir/install.log" 2>&1 || {
		cat "$dir/install.log" >&2
		return 1
	}
	# Durability is not what is tested here: no fsync, small buffers.
	"$server" --no-defaults --datadir="$dir/data" --user="$me" --skip-networking \
		--socket="$dir/s.sock" --pid-file="$dir/pid" --log-error="$dir/error.log" \
		--character-set-server=utf8mb4 --innodb-flush-log-at-trx-commit=0 \
		--innodb-flush-method=nosync --innodb-doublewrite=0 --skip-log-bin \
		--innodb-buffer-pool-size=64M --innodb-log-file-size=32M \
		--performance-schema=OFF --innodb-fast-shutdown=2 $SERVER_ARGS \
		>/dev/null 2>&1 &
	server_pid=$!
	echo "$server_pid" >"$dir/server_pid"
	tries=0
	until "$client" --no-defaults -uroot -S "$dir/s.sock" -e \
		'CREATE DATABASE IF NOT EXISTS tollbridge_test CHARACTER SET utf8mb4' 2>/dev/null
	do
		tries=$((tries + 1))
		if [ $tries -gt 300 ] || ! kill -0 "$server_pid" 2>/dev/null; then
			cat "$dir/error.log" >&2
			return 1
		fi
		sleep 0.1
	done
}

stop()
{
	[ -s "$1/server_pid" ] || return 0
	pid=$(cat "$1/server_pid")
	kill "$pid" 2>/dev/null
	tries=0
	while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	kill -9 "$pid" 2>/dev/null
	rm -rf "$1/data"
	rm -f "$1/s.sock" "$1/pid" "$1/server_pid" "$1/install.log" "$1/error.log"
	rmdir "$1" 2>/dev/null || :
}

SERVER_ARGS=${SERVER_ARGS:-}
case ${1:-} in
run)
	shift
	# Short: a socket's path has about 100 bytes at most.
	base=$(mktemp -d "${TMPDIR:-/tmp}/tbdb.XXXXXX") || exit 1
	trap 'stop "$base"' EXIT
	trap 'exit 1' HUP INT TERM
	start "$base" || exit 1
	TB_DB_SOCKET=$base/s.sock
	TB_DB_NAME=tollbridge_test
	export TB_DB_SOCKET TB_DB_NAME
	"$@"
	exit $?
	;;
start)
	start "$2" && echo "$2/s.sock"
	;;
stop)
	stop "$2"
	;;
*)
	sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
