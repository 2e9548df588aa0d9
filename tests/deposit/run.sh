#!/bin/sh
# Sign-up deposits on a private MariaDB: a text table and races. TAP.
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
if ! command -v mariadbd >/dev/null 2>&1 && ! command -v mysqld >/dev/null 2>&1; then
	echo "1..0 # SKIP no MariaDB server here"
	exit 0
fi
# make check runs us in the build folder, tests/run-all.sh says where it is.
deposit=${TB_OBJ:-.}/tests/deposit/deposit
if [ ! -x "$deposit" ]; then
	echo "1..0 # SKIP no tests/deposit/deposit: make check builds it"
	exit 0
fi
TB_MIGRATE_DIR=$here/../../sql/migrate
export TB_MIGRATE_DIR
exec sh "$here/../db/mariadb.sh" run "$deposit" "$here/deposits.txt"
