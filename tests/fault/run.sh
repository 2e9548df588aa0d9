#!/usr/bin/env bash
# Kill trials on an installation of their own: tests/fault/run.sh [TRIALS [SEED]].
# 3 trials in `quickstart.sh check`; the long campaign is 50.
set -u
src=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
home=${TB_HOME:-${TMPDIR:-/tmp}/tollbridge}/stack
port=${TB_STACK_PORT:-18620}
finish() {
	TOLLBRIDGE_HOME=$home TOLLBRIDGE_PORT=$port "$src/quickstart.sh" down >/dev/null 2>&1
}
trap finish EXIT
run() {
	env -u TB_OBJ -u TB_SAN -u TB_RUN -u TB_HOME TOLLBRIDGE_HOME="$home" \
		TOLLBRIDGE_PORT="$port" "$src/quickstart.sh" "$@"
}
rm -rf -- "$home/mysql" "$home/whmcs" "$home/etc"
if ! run up --detach >"$home.log" 2>&1; then
	sed 's/^/# /' "$home.log" | tail -n 30
	echo "not ok 1 - quickstart up"
	exit 1
fi
/usr/bin/python3 "$src/tests/fault/story.py" "$home" "$port" "${1:-3}" ${2:+"$2"}
