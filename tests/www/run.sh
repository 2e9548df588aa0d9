#!/usr/bin/env bash
# The pages on a mock of the API, in a headless Chromium: what they do, axe on
# every screen, what they weigh. WWW_PORT: another port for the mock.
set -u
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." || exit 2
: "${TB_HOME:?says where the pages were built: run ./quickstart.sh check}"
port=${WWW_PORT:-18091} www=$TB_HOME/www copy=$TB_HOME/www-tests
export CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}

if [ ! -e "$www/admin/index.html" ] || ! command -v npm >/dev/null || [ -z "$CHROMIUM" ]; then
	echo "skipped: needs the pages, Node.js with npm, and chromium"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi

# A copy, because node_modules has no place in the source tree.
mkdir -p -- "$copy/nginx" "$copy/billing/settings" "$copy/tests" || exit 2
cp -- nginx/headers.conf "$copy/nginx/" || exit 2
cp -- billing/settings/settings.def "$copy/billing/settings/" || exit 2
cp -R -- tests/www "$copy/tests/" || exit 2
cd -- "$copy/tests/www" || exit 2
npm ci --ignore-scripts --no-audit --no-fund || exit 2

node mock/server.mjs "$www" "$port" &
mock=$!
trap 'kill "$mock" 2>/dev/null' EXIT
for _ in $(seq 50); do
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
	sleep 0.1
done

passed=0 failed=0
for check in "node budget.mjs http://127.0.0.1:$port $www" \
	"node axe.mjs http://127.0.0.1:$port" "node flows.mjs http://127.0.0.1:$port"; do
	if $check; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
