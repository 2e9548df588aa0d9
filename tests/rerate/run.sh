#!/bin/sh
# Re-rating to notes and corrected prices on a private MariaDB: text table, then
# planted faults and a crash between. TAP.
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/usr/local/sbin
if ! command -v mariadbd >/dev/null 2>&1 && ! command -v mysqld >/dev/null 2>&1; then
	echo "1..0 # SKIP no MariaDB server here"
	exit 0
fi
# make check runs us in the build folder, tests/run-all.sh says where it is.
rerate=${TB_OBJ:-.}/tests/rerate/rerate
if [ ! -x "$rerate" ]; then
	echo "1..0 # SKIP no tests/rerate/rerate: make check builds it"
	exit 0
fi
TB_MIGRATE_DIR=$here/../../sql/migrate
export TB_MIGRATE_DIR
exec sh "$here/../db/mariadb.sh" run "$rerate" "$here/notes.txt"
