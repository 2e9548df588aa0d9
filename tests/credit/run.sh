#!/bin/sh
# Given and paid money on a private MariaDB: what is spent first, what expires,
# where each posting was paid from. TAP.
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
if ! command -v mariadbd >/dev/null 2>&1 && ! command -v mysqld >/dev/null 2>&1; then
	echo "1..0 # SKIP no MariaDB server here"
	exit 0
fi
# make check runs us in the build folder, tests/run-all.sh says where it is.
credit=${TB_OBJ:-.}/tests/credit/credit
if [ ! -x "$credit" ]; then
	echo "1..0 # SKIP no tests/credit/credit: make check builds it"
	exit 0
fi
TB_MIGRATE_DIR=$here/../../sql/migrate
export TB_MIGRATE_DIR
exec sh "$here/../db/mariadb.sh" run "$credit" "$here/spending.txt" "$here/often.txt"
