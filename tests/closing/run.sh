#!/bin/sh
# Random invoices through the closing in SQL against a second reckoning: TAP.
# CLOSING_ACCOUNTS and CLOSING_CYCLES for another number: 20000 and 60 make a million.
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
if ! command -v mariadbd >/dev/null 2>&1 || [ ! -x /usr/bin/python3 ]; then
	echo "1..0 # SKIP no MariaDB server or no Python here"
	exit 0
fi
# make check runs us in the build folder, tests/run-all.sh says where it is.
closing=${TB_OBJ:-.}/tests/closing/closing
if [ ! -x "$closing" ]; then
	echo "1..0 # SKIP no tests/closing/closing: make check builds it"
	exit 0
fi
TB_MIGRATE_DIR=$here/../../sql/migrate
export TB_MIGRATE_DIR
exec sh "$here/../db/mariadb.sh" run sh -c '"$0" "$2" "$3" && /usr/bin/python3 -B "$1"' \
	"$closing" "$here/oracle.py" "${CLOSING_ACCOUNTS:-600}" "${CLOSING_CYCLES:-4}"
