#!/usr/bin/env bash
# API scenarios through the real nginx, workers with their own database users,
# MariaDB, biller and bridge: a quickstart of its own, shared with the other suites.
set -u
src=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
home=${TB_HOME:-${TMPDIR:-/tmp}/tollbridge}/stack
port=${TB_STACK_PORT:-18620}
run() {
	env -u TB_OBJ -u TB_SAN -u TB_RUN -u TB_HOME TOLLBRIDGE_HOME="$home" \
		TOLLBRIDGE_PORT="$port" "$src/quickstart.sh" "$@"
}
trap 'run down >/dev/null 2>&1' EXIT
mkdir -p -- "$home"
rm -rf -- "$home/mysql" "$home/whmcs" "$home/etc" "$home/log"
if ! run up --detach >"$home.log" 2>&1; then
	tail -n 30 "$home.log" | sed 's/^/# /'
	echo "not ok 1 - quickstart up"
	exit 1
fi
bad=0
all='matrix settings billing notes plans contracts documents suspension payments promo credit'
all="$all catalog taxes forecast proof deposit mail"
for t in ${*:-$all}; do
	echo "# $t"
	/usr/bin/python3 "$src/tests/api/$t.py" "$home" "$port" || bad=1
done
# What nobody saw: rights that were missing, failures inside, broken invariants.
if grep -hE 'db\.denied|level=error|Assertion|runtime error' "$home"/log/*.log |
	grep -v 'event=round' | head -n 5 | sed 's/^/# /' | grep .; then
	echo "not ok 1 - the logs hold no error"
	bad=1
else
	echo "ok 1 - the logs hold no error"
fi
if run tollbridge verify | tail -n 1 | grep -q 'all zero'; then
	echo "ok 2 - verify is all zero"
else
	run tollbridge verify | grep -v ' 0  ' | sed 's/^/# /'
	echo "not ok 2 - verify is all zero"
	bad=1
fi
exit $bad
