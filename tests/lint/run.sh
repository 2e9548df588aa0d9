#!/bin/sh
# House rules as TAP: what a reviewer would otherwise say again and again.
# Needs nothing but the sources.
# (Migrations keep their shape once applied, so their layout is not looked at.)
set -u
awk=${AWK:-awk}
here=$(cd "$(dirname "$0")" && pwd) || exit 1
cd "$here/../.." || exit 1
tmp=$(mktemp -d "${TMPDIR:-/tmp}/tblint.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
echo 0 >"$tmp/count"

# report NAME: the findings on stdin make the test fail. At the end of a pipe,
# that is in a shell of its own, so the count lives in a file.
report()
{
	count=$(($(cat "$tmp/count") + 1))
	echo "$count" >"$tmp/count"
	sort >"$tmp/findings"
	if [ -s "$tmp/findings" ]; then
		echo "not ok $count - $1"
		sed 's/^/# /' "$tmp/findings"
	else
		echo "ok $count - $1"
	fi
}

rule()
{
	$awk -F '\t' -v rule="$1" '$1 == rule { print $2 }' "$tmp/c" | report "$2"
}

# Codes and names used in C that their table lacks. $1 kind, $2 table, $3 macro
table()
{
	sed -n "s/^$3(\"\\([^\"]*\\)\".*/\\1/p" "$2" >"$tmp/rows"
	$awk -F '\t' -v kind="$1" -v table="$2" '
		NR == FNR { known[$1] = 1; next }
		$1 == kind && !($2 in known) { print $3 ": \"" $2 "\" is not in " table }
	' "$tmp/rows" "$tmp/c"
}

find billing fcgi bridge tests -name node_modules -prune -o \
	\( -name '*.c' -o -name '*.h' -o -name '*.def' \) -print | sort >"$tmp/files"
# shellcheck disable=SC2046 # no blanks in our names
$awk -f tests/lint/lint.awk $(cat "$tmp/files") >"$tmp/c" || exit 1

rule includes "layers: who may include whom, one file per library"
rule banned "banned functions, heap outside base/, floating point"
rule sql "no SQL text in C"
rule control "goto only out:, no macro but TRY hides control flow"
rule lengths "lines, functions and files have their limits"
rule comments "each file says what it is for; no TODO"
rule secrets "no secret is logged"
table used-code billing/base/errors.def ERROR | report "error codes are rows of errors.def"
table used-failpoint billing/base/failpoints.def FAILPOINT_ROW |
	report "failpoints are rows of failpoints.def"

for def in billing/base/errors.def billing/base/failpoints.def; do
	sed -n 's/^[A-Z_]*("\([^"]*\)".*/\1/p' $def | sort | uniq -d | sed "s|^|$def: twice: |"
done | report "no row is there twice"

for f in sql/migrate/*.sql; do
	head -n 1 "$f" | grep -q '^-- why: .' || echo "$f: does not begin with -- why:"
done | report "migrations say why"

ls sql/migrate | $awk '{
	if ($0 !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/) print $0 ": not NNNN_name.sql"
	else if (substr($0, 1, 4) + 0 != ++n) print $0 ": expected number " n
}' | report "migrations are numbered without gaps"

$awk -v header="$tmp/stmt.h" -v source="$tmp/stmt.c" -f sql/gen-stmt.awk sql/query/*.sql \
	2>&1 | report "statements are complete"

$awk 'length($0) > 100 { print FILENAME ":" FNR ": wider than 100 columns" }' \
	sql/query/*.sql sql/*.awk tests/*/*.sh tests/*/*.awk configure.ac |
	report "SQL and scripts keep to 100 columns"

# What is not in a list is not in a release.
{
	find billing fcgi bridge sql tests -name '*.[ch]' -o -name '*.def' -o -name '*.sql'
} | sort | while read -r f; do
	grep -q -F -e "$f" Makefile.am ./*/Makefile.inc ||
		{ case $f in tests/*.c) grep -q -F -e "${f%.c}" tests/Makefile.inc ;; *) false ;; esac; } ||
		echo "$f: in no Makefile.inc"
done | report "every source is in a list of its room"

# The checks of gen-stmt.awk themselves: each of these files must be refused.
for f in tests/lint/bad-sql/*.sql; do
	want=$(sed -n 's/^-- expect: //p' "$f")
	got=$($awk -v header="$tmp/x.h" -v source="$tmp/x.c" -f sql/gen-stmt.awk "$f" 2>&1) &&
		echo "$f: was accepted"
	case $got in
	*"$f:"*"$want"*) ;;
	*) echo "$f: expected \"$want\", got \"$got\"" ;;
	esac
done | report "bad statements are refused with file and line"

echo "1..$(cat "$tmp/count")"
