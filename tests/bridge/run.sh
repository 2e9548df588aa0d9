#!/usr/bin/env bash
# Clients kept equal, pushes, the addon, and the bridge against a WHMCS that misbehaves;
# `tests/bridge/run.sh all` is the long campaign. On a quickstart of its own, shared with
# the other suites.
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
for t in clients push addon faults; do
	echo "# $t"
	/usr/bin/python3 -B "$src/tests/bridge/$t.py" "$home" "$port" "$@" || bad=1
done
exit $bad
