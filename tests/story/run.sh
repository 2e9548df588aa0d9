#!/usr/bin/env bash
# The main story in Debian's Chromium on a quickstart of its own, shared with the
# other suites that need one.
set -u
src=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
home=${TB_HOME:-${TMPDIR:-/tmp}/tollbridge}/stack
port=${TB_STACK_PORT:-18620}
run() {
	env -u TB_OBJ -u TB_SAN -u TB_RUN -u TB_HOME TOLLBRIDGE_HOME="$home" \
		TOLLBRIDGE_PORT="$port" "$src/quickstart.sh" "$@"
}
trap 'run down >/dev/null 2>&1' EXIT
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ] || ! command -v node >/dev/null; then
	echo "1..0 # SKIP no Chromium or no node"
	exit 0
fi
mkdir -p -- "$home"
rm -rf -- "$home/mysql" "$home/whmcs" "$home/etc"
if ! run up --detach >"$home.log" 2>&1; then
	tail -n 30 "$home.log" | sed 's/^/# /'
	echo "not ok 1 - quickstart up"
	exit 1
fi
# Scripts and their packages outside the source tree.
rm -rf -- "$home/browser" && mkdir -p -- "$home/browser"
cp -- "$src"/tests/story/story.mjs "$src"/tests/www/browser.mjs "$src"/tests/www/package*.json \
	"$home/browser/"
cd -- "$home/browser" || exit 1
if ! npm ci --ignore-scripts --no-audit --no-fund >"$home.npm.log" 2>&1; then
	tail -n 10 "$home.npm.log" | sed 's/^/# /'
	echo "not ok 1 - npm ci"
	exit 1
fi
ADMIN_PASSWORD=$(cat "$home/etc/login.password")
export ADMIN_PASSWORD
node story.mjs "http://127.0.0.1:$port" "http://127.0.0.1:$((port + 1))"
