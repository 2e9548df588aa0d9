# shellcheck shell=bash
# A private MariaDB: unix socket only, its files under the home, every commit
# on disk before it is answered.

TB_POOLS="user admin hook biller bridge migrate"

db_configure() {
	put "$TB_HOME/etc/my.cnf" <<-END
	[mariadbd]
	datadir = "$TB_HOME/mysql"
	socket = "$TB_RUN/mysql.sock"
	pid_file = "$TB_HOME/tmp/mysql.pid"
	tmpdir = "$TB_HOME/tmp"
	skip_networking = 1
	skip_name_resolve = 1
	character_set_server = utf8mb4
	collation_server = utf8mb4_unicode_ci
	default_time_zone = "+00:00"
	sql_mode = STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION
	# an acknowledged payment survives a power cut
	innodb_flush_log_at_trx_commit = 1
	innodb_lock_wait_timeout = 5
	innodb_buffer_pool_size = 192M
	max_connections = 200
	max_allowed_packet = 16M
	END
	# the home may be owned by somebody else than root's own files say
	chmod 600 "$TB_HOME/etc/my.cnf"
}

# All at once: a folder half made by a killed run is thrown away.
db_install() {
	local as=()

	[ ! -d "$TB_HOME/mysql" ] || return 0
	rm -rf -- "$TB_HOME/mysql.new"
	[ "$(id -u)" -ne 0 ] || as=(--user=root)
	# relative: the script stumbles over a blank in the path
	(cd -- "$TB_HOME" && mariadb-install-db --no-defaults --datadir=./mysql.new "${as[@]}" \
		--auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
		--skip-test-db) || return 1
	mv -- "$TB_HOME/mysql.new" "$TB_HOME/mysql"
}

db_admin() {
	mariadb --no-defaults --socket="$TB_RUN/mysql.sock" --user="$(id -un)" --batch --silent "$@"
}

db_answers() {
	db_admin -e 'SELECT 1' >/dev/null 2>&1
}

db_wait() {
	local i

	for ((i = 0; i < 600; i++)); do
		db_answers && return 0
		process_alive mysql || return 1
		sleep 0.1
	done
	return 1
}

# Random, made once, readable by us only.
db_passwords() {
	local who

	for who in $TB_POOLS; do
		[ -s "$TB_HOME/etc/$who.password" ] || random_word | put "$TB_HOME/etc/$who.password"
	done
}

# Fills the @words@ of an SQL file and runs it.
db_run() {
	local who words=(db=tollbridge host=localhost)

	for who in $TB_POOLS; do
		words+=("${who}_user=tollbridge_$who" "${who}_password=$(cat "$TB_HOME/etc/$who.password")")
	done
	fill "$1" "${words[@]}" | db_admin
}

cli() {
	"$TB_OBJ/tollbridge" --config "$TB_HOME/etc/migrate.conf" "$@"
}

db_migrate() {
	# nobody else migrates a private database: a lease is one of a killed run
	db_admin -e 'DELETE FROM tollbridge.lease WHERE name = "migrate"' 2>/dev/null || true
	cli migrate --dir "$TB_BUILD/src/sql/migrate"
}

# A first start that was killed half-way: nobody has used that database, for the
# portals start after the demonstration data. It is made anew.
db_forget_half() {
	if [ -e "$TB_HOME/etc/demo.begun" ] && [ ! -e "$TB_HOME/etc/demo.done" ]; then
		db_admin -e 'DROP DATABASE IF EXISTS tollbridge'
	fi
}

# Demonstration data and the first logins, once.
db_demo() {
	local email=admin@example.com key

	[ ! -e "$TB_HOME/etc/demo.done" ] || return 0
	: >"$TB_HOME/etc/demo.begun"
	cli demo --dir "$TB_BUILD/src/sql" || return 1
	[ -s "$TB_HOME/etc/login.password" ] || random_word | cut -c1-20 | put "$TB_HOME/etc/login.password"
	cli admin create "$email" --name "Ada Admin" --password-file "$TB_HOME/etc/login.password" ||
		return 1
	key=$(cli source key orchestrator) || return 1
	printf '%s\n' "$key" | put "$TB_HOME/etc/orchestrator.key"
	printf 'staff login: %s, password: %s\n' "$email" "$(cat "$TB_HOME/etc/login.password")" |
		put "$TB_HOME/etc/logins"
	: >"$TB_HOME/etc/demo.done"
}
