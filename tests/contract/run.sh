#!/bin/sh
# Contracts on a private MariaDB: fees, what is included and what is beyond it,
# month by month through the real intake, rating and closing. TAP.
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
if ! command -v mariadbd >/dev/null 2>&1 && ! command -v mysqld >/dev/null 2>&1; then
	echo "1..0 # SKIP no MariaDB server here"
	exit 0
fi
# make check runs us in the build folder, tests/run-all.sh says where it is.
contract=${TB_OBJ:-.}/tests/contract/contract
if [ ! -x "$contract" ]; then
	echo "1..0 # SKIP no tests/contract/contract: make check builds it"
	exit 0
fi
TB_MIGRATE_DIR=$here/../../sql/migrate
export TB_MIGRATE_DIR
exec sh "$here/../db/mariadb.sh" run "$contract" "$here/cycles.txt" "$here/funds.txt"
