#!/bin/sh
# Many at once, one winner, on a private MariaDB: TAP, skipped where there is none.
# RACE_ROUNDS: how many rounds (200).
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
obj=${TB_OBJ:-.}
if ! command -v mariadbd >/dev/null 2>&1 && ! command -v mysqld >/dev/null 2>&1; then
	echo "1..0 # SKIP no MariaDB server here"
	exit 0
fi
if [ ! -x "$obj/tests/race/race" ]; then
	echo "1..0 # SKIP no tests/race/race: make check builds it"
	exit 0
fi
dir=$(mktemp -d)
trap 'sh "$here/../db/mariadb.sh" stop "$dir/db" >/dev/null 2>&1; rm -rf "$dir"' EXIT
SERVER_ARGS=--max-connections=200
export SERVER_ARGS
TB_DB_SOCKET=$(sh "$here/../db/mariadb.sh" start "$dir/db" | tail -n 1)
export TB_DB_SOCKET
printf '[database]\nsocket = %s\nname = tollbridge_test\nuser = root\n[log]\nlevel = error\n' \
	"$TB_DB_SOCKET" >"$dir/tb.conf"
tb() { "$obj/tollbridge" --config "$dir/tb.conf" "$@" >"$dir/out" 2>&1 || cat "$dir/out"; }
tb migrate --dir "$here/../../sql/migrate"
tb demo --dir "$here/../../sql"
tb settings set whmcs.enabled 0
tb clock set 2027-05-01T00:05:00Z
"$obj/tests/race/race"
