#!/usr/bin/env bash
# Every test there is. Called by `quickstart.sh check`, which says where things
# are: TB_OBJ a strict build, TB_SAN one with sanitizers (empty: leave it out),
# TB_HOME a folder for databases and logs, TB_RUN a short one for sockets.
#
# A suite is tests/NAME/run.sh. It prints TAP, or ends with a line
# "N passed, N failed, N skipped", and exits non-zero when something failed. Its
# whole output is in $TB_HOME/log/test-NAME.log. To run some only: run-all.sh NAME...
#
# Suites that need the portal's ports (they name TB_STACK_PORT) run one after the
# other; beside them, in a second lane, those that do not.
#
# The last line is the sum, in the same words.
set -u
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 2
: "${TB_OBJ:?says where the build is: run ./quickstart.sh check}"
: "${TB_HOME:?a folder for databases and logs: run ./quickstart.sh check}"
export TB_SRC=$PWD TB_OBJ TB_HOME
export TB_RUN=${TB_RUN:-$TB_HOME/run} TB_SAN=${TB_SAN:-}

mkdir -p -- "$TB_HOME/log"
rm -f -- "$TB_HOME/log/beside.sum"
passed=0 failed=0 skipped=0

# Adds up a log: sets p f s.
count() {
	local line

	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$1" | tail -n 1)
	if [ -n "$line" ]; then
		read -r p _ f _ s _ <<<"$line"
	elif grep -qE '^# (TOTAL|PASS): ' "$1"; then
		# automake's own sums, one block for each make
		p=$(automake_sum "$1" 'PASS|XFAIL')
		f=$(automake_sum "$1" 'FAIL|XPASS|ERROR')
		s=$(automake_sum "$1" SKIP)
	else
		s=$(grep -ciE '^ok\b.*# *skip' "$1")
		p=$(($(grep -cE '^ok\b' "$1") - s))
		f=$(grep -E '^not ok\b' "$1" | grep -cviE '# *(todo|skip)')
	fi
}

automake_sum() {
	sed 's/\x1b\[[0-9;]*m//g' "$1" | awk -v k="^# ($2): " '$0 ~ k { n += $3 } END { print n + 0 }'
}

# suite NAME command...
suite() {
	local name=$1 log=$TB_HOME/log/test-$1.log started=$SECONDS rc=0 p=0 f=0 s=0
	shift

	"$@" >"$log" 2>&1 </dev/null || rc=$?
	count "$log"
	if [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1	# it ended before it could say what failed
	elif [ $((p + f + s)) -eq 0 ]; then
		f=1	# a suite that runs nothing proves nothing
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-12s %5d passed %4d failed %4d skipped  %4d s\n' \
		"$name" "$p" "$f" "$s" $((SECONDS - started))
	if [ "$f" -gt 0 ]; then
		grep -nE '^(not ok|FAIL|ERROR|# FAIL)|AddressSanitizer|runtime error|Error [0-9]' "$log" |
			head -n 20 | sed 's/^/    /'
		tail -n 15 "$log" | sed 's/^/    | /'
		printf '    all of it: %s\n' "$log"
	fi
}

wanted() {
	[ ${#only[@]} -eq 0 ] || [[ " ${only[*]} " == *" $1 "* ]]
}

only=("$@")
if wanted unit; then
	suite unit make -C "$TB_OBJ" -j2 check
	if [ -n "$TB_SAN" ]; then
		suite sanitizers make -C "$TB_SAN" -j2 check
	fi
fi

# The suites of a lane: those whose script names TB_STACK_PORT, or the others.
lane() {
	local run name

	for run in tests/*/run.sh; do
		[ -x "$run" ] || continue
		name=${run#tests/}
		name=${name%/run.sh}
		# part of make check
		[ ${#only[@]} -gt 0 ] || ! grep -qF "tests/$name/run.sh" tests/Makefile.inc || continue
		grep -q TB_STACK_PORT "$run"
		[ $? -eq "$1" ] && wanted "$name" && suite "$name" "./$run"
	done
}

beside=$TB_HOME/log/beside
(
	passed=0 failed=0 skipped=0
	lane 1
	echo "$passed $failed $skipped" >"$beside.sum"
) >"$beside" 2>&1 &
lane 0
wait
cat -- "$beside"
read -r p f s <"$beside.sum" || p=0 f=1 s=0
passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
