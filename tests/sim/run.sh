#!/bin/sh
# A customer in every time zone through two years, see zones.py. Then a simulated
# year: customers of all plans and currencies with random lives, once undisturbed
# and once with kill -9 of the biller; see year.py. A campaign whose MINUTES are over ends
# with the month.
#
# usage: tests/sim/run.sh [CUSTOMERS [DAYS [KILLS [MINUTES]]]]   the campaign: 2000 365 200
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
: "${TB_OBJ:?the build folder}"
dir=$(mktemp -d)
stop() {
	sh "$here/../db/mariadb.sh" stop "$dir/db" >/dev/null 2>&1
	rm -rf "$dir"
}
trap stop EXIT
# Only the biller is killed here, never the server.
SERVER_ARGS='--innodb-buffer-pool-size=512M --innodb-log-file-size=256M
	--innodb-flush-log-at-trx-commit=0'
export SERVER_ARGS
socket=$(sh "$here/../db/mariadb.sh" start "$dir/db" | tail -n 1)
# The campaign leaves out what check does already.
[ $# -gt 0 ] || /usr/bin/python3 -B "$here/zones.py" "$TB_OBJ" "$socket" "$dir"
/usr/bin/python3 -B "$here/year.py" "$TB_OBJ" "$socket" "$dir" \
	"${1:-25}" "${2:-40}" "${3:-20}" "${4:-0}"
