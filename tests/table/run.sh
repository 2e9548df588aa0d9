#!/bin/sh
# Money and lives of resources as text tables: TAP, one case a line.
here=$(dirname "$0")
table=${TB_OBJ:-.}/tests/table/table
if [ ! -x "$table" ]; then
	echo "1..0 # SKIP no tests/table/table: make check builds it"
	exit 0
fi
exec "$table" "$here/money.txt" "$here/life.txt" "$here/suspension.txt" \
	"$here/dunning.txt" "$here/items.txt"
