#!/bin/sh
# The database tests on a private server: TAP, skipped where there is none.
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
if ! command -v mariadbd >/dev/null 2>&1 && ! command -v mysqld >/dev/null 2>&1; then
	echo "1..0 # SKIP no MariaDB server here"
	exit 0
fi
# make check runs us in the build folder, tests/run-all.sh says where it is.
test_db=${TB_OBJ:-.}/tests/db/test_db
if [ ! -x "$test_db" ]; then
	echo "1..0 # SKIP no tests/db/test_db (cmocka is missing?)"
	exit 0
fi
TB_MIGRATE_DIR=$here/../../sql/migrate
export TB_MIGRATE_DIR
exec sh "$here/mariadb.sh" run "$test_db"
