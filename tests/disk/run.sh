#!/usr/bin/env bash
# A full disk during an invoice run: the database's files on a small tmpfs that is
# filled before the biller runs. A clear error, nothing half-written; with space
# again the same run completes, once. InnoDB ends itself when a rollback finds no
# space ("Out of disk space in rollback" is fatal there): then the error says that the
# database is gone, and with space again the server is started as its supervisor
# would. Both happen here, by chance. Needs root for the mount; else skipped.
set -u
src=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
: "${TB_OBJ:?the build folder}"
dir=$(mktemp -d)
if [ "$(id -u)" -ne 0 ] || ! mount -t tmpfs -o size=400m tmpfs "$dir" 2>/dev/null; then
	echo "1..0 # SKIP needs root to mount a tmpfs"
	rmdir "$dir"
	exit 0
fi
finish() {
	[ -z "${KEEP_LOG:-}" ] || cp "$dir/db/error.log" "$KEEP_LOG"
	[ "$bad" = 0 ] || tail -n 40 "$dir/db/error.log" | sed 's/^/# server: /'
	sh "$src/tests/db/mariadb.sh" stop "$dir/db" >/dev/null 2>&1
	umount -l "$dir"
	rmdir "$dir"
}
n=0 bad=0
trap finish EXIT
check() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '# %s instead of %s\n' "$2" "$3"
		bad=1
	fi
}
# Files grow as rows come, nothing is kept in reserve.
SERVER_ARGS='--innodb-log-file-size=8M --innodb-buffer-pool-size=16M
	--innodb-temp-data-file-path=ibtmp1:4M:autoextend --innodb-undo-log-truncate=OFF'
export SERVER_ARGS
sock=$(sh "$src/tests/db/mariadb.sh" start "$dir/db" | tail -n 1)
cat >"$dir/tb.conf" <<END
[database]
socket = $sock
name = tollbridge_test
user = root
END
tb() { "$TB_OBJ/tollbridge" --config "$dir/tb.conf" "$@"; }
sql() { mariadb --no-defaults -uroot -S "$sock" tollbridge_test -N -B "$@"; }
count() { sql -e "SELECT (SELECT COUNT(*) FROM charge), (SELECT COUNT(*) FROM invoice),
	(SELECT COUNT(*) FROM ledger_entry)" | tr '\t' ' '; }
tb migrate --dir "$src/sql/migrate" >/dev/null && tb demo --dir "$src/sql" >/dev/null &&
	tb settings set whmcs.enabled 0 >/dev/null || { echo "not ok 1 - set up"; exit 1; }
month=$(date -u +%Y-%m-01)
from=$(($(date -u -d "$month" +%s) / 3600)) to=$(($(date -u -d "$month +1 month" +%s) / 3600))
sql -e "SET @clients=3000, @resources=10, @plan='POSTPAID', @from_hour=$from, @to_hour=$to,
	max_recursive_iterations=1000000;
	SOURCE $src/tests/bench/seed.sql;"
tb clock set "$(date -u -d "@$((to * 3600 + 600))" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null
# All but a little is taken away: InnoDB itself needs some pages to roll back.
free=$(df -k --output=avail "$dir" | tail -n 1)
fallocate -l $(((free - 14000) * 1024)) "$dir/ballast"
out=$(tb bill run 2>&1) && rc=0 || rc=$?
check "the run fails" "$([ "$rc" -ne 0 ] && echo yes)" yes
if kill -0 "$(cat "$dir/db/server_pid")" 2>/dev/null && sql -e 'DO 0' 2>/dev/null; then
	check "and says that there is no space" \
		"$(grep -q 'cannot store data\|db.full' <<<"$out" && echo yes)" yes
	check "what is written is whole" "$(tb verify 2>/dev/null | tail -n 1)" "all zero"
	before=$(count)
	rm -f "$dir/ballast"
else
	echo "# the server ended itself"
	check "and says that the database is gone" \
		"$(grep -q 'db\.\|cannot store data' <<<"$out" && echo yes)" yes
	rm -f "$dir/ballast"
	sh "$src/tests/db/mariadb.sh" start "$dir/db" >/dev/null
	check "what is written is whole" "$(tb verify | tail -n 1)" "all zero"
	before=$(count)
fi
check "with space again the run completes" "$(tb bill run >/dev/null 2>&1 && echo yes)" yes
after=$(count)
check "each client has one invoice, each resource its charge" \
	"$(cut -d' ' -f1,2 <<<"$after")" "30000 3000"
check "the books agree" "$(tb verify | tail -n 1)" "all zero"
check "a run again does nothing" "$(tb bill run >/dev/null && count)" "$after"
echo "# charges, invoices, entries: $before when full, $after in the end"
echo "1..$n"
exit $bad
