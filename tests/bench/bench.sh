#!/usr/bin/env bash
# Speed as ratios, all figures from one run on one machine:
#   current balance and newest invoices (authenticated), beside nginx "return
#   200", a bare libfcgi worker with the same two selects (the ceiling) and a
#   PHP script under php-fpm with opcache (the floor of any PHP panel);
#   rating and invoicing a month, beside one INSERT ... SELECT of the same rows
#   (BENCH_CLIENTS=10000 BENCH_RESOURCES=100 is the million);
#   an hour of prepaid resources, until every balance shows it;
#   the same run for 1, 10 and 60 days: cost grows with changes, not with hours.
#
# usage: TB_OBJ=BUILD tests/bench/bench.sh [web] [bill] [hour] [days]
# Needs wrk, spawn-fcgi, php-fpm, php-mysql; nothing else may run meanwhile.
set -eu
src=$(cd "$(dirname "$0")/../.." && pwd)
: "${TB_OBJ:?the build folder}"
seconds=${BENCH_SECONDS:-8} conns=${BENCH_CONNECTIONS:-8} workers=${BENCH_WORKERS:-4}
clients=${BENCH_CLIENTS:-10000} resources=${BENCH_RESOURCES:-10} port=${BENCH_PORT:-18700}
what=${*:-web bill hour days}
tmp=$(mktemp -d)
pids=()
cleanup() {
	local p
	for p in ${pids[@]+"${pids[@]}"}; do kill "$p" 2>/dev/null || true; done
	[ -s "$tmp/peer.pid" ] && kill $(cat "$tmp/peer.pid") 2>/dev/null || true
	wait 2>/dev/null || true
	sh "$src/tests/db/mariadb.sh" stop "$tmp/db" || true
	rm -rf "$tmp"
}
trap cleanup EXIT

SERVER_ARGS='--innodb-buffer-pool-size=1G --innodb-log-file-size=512M'
export SERVER_ARGS
sock=$(sh "$src/tests/db/mariadb.sh" start "$tmp/db" | tail -n 1)
db=tollbridge_test
sql() { mariadb --no-defaults -uroot -S "$sock" "$db" -N -B "$@"; }
cat >"$tmp/tb.conf" <<END
[database]
socket = $sock
name = $db
user = root
[log]
level = warn
[portal]
cookie_secure = no
END
tb() { "$TB_OBJ/tollbridge" --config "$tmp/tb.conf" "$@"; }
now() { date +%s%N; }

# Hours of next month, UTC: the billing clock only moves forward.
from_hour=$(($(date -u -d "$(date -u +%Y-%m-01) +1 month" +%s) / 3600))
to_hour=$(($(date -u -d "$(date -u +%Y-%m-01) +2 months" +%s) / 3600))
seed() {
	sql -e "SET @clients=$1, @resources=$2, @plan='$3', @from_hour=$from_hour,
		@to_hour=$to_hour, max_recursive_iterations=1000000;
		SOURCE $src/tests/bench/seed.sql;
		ANALYZE TABLE account, wallet, resource, resource_state" >/dev/null
}
# An empty schema with prices, for the next figure.
fresh() {
	mariadb --no-defaults -uroot -S "$sock" -e "DROP DATABASE $db; CREATE DATABASE $db"
	tb migrate --dir "$src/sql/migrate" >/dev/null
	tb demo --dir "$src/sql" >/dev/null
	tb settings set whmcs.enabled 0 >/dev/null
}
clock_to() { tb clock set "$(date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null; }
# Most memory a command held, in kB; its own output goes to stderr.
peak() { /usr/bin/time -f %M -o "$tmp/peak" "$@" >&2 && cat "$tmp/peak"; }

bill() {
	local t0 t1 t2 t3 rows kb
	seed "$clients" "$resources" POSTPAID
	clock_to $((to_hour * 3600 + 600))
	t0=$(now)
	kb=$(peak "$TB_OBJ/tollbridge" --config "$tmp/tb.conf" bill run)
	t1=$(now)
	tb verify | tail -n 1
	# The reference: the same rows of charges in one statement, and one aggregate.
	sql -e 'CREATE TABLE raw_charge LIKE charge'
	t2=$(now)
	sql -e 'INSERT INTO raw_charge SELECT * FROM charge;
		SELECT COUNT(*) FROM (SELECT account_id, SUM(amount_e8)
			FROM raw_charge GROUP BY account_id) x' >/dev/null
	t3=$(now)
	rows=$(sql -e 'SELECT COUNT(*) FROM charge')
	awk -v a=$((t1 - t0)) -v b=$((t3 - t2)) -v n="$clients" -v k="$resources" -v r="$rows" \
		-v m="$kb" 'BEGIN {
		printf "bill: %d clients, %d resources, a month: %.2f s\n", n, k * n, a / 1e9
		printf "bill: raw INSERT ... SELECT + aggregate, %d rows: %.2f s\n", r, b / 1e9
		printf "bill: ratio %.1f, peak memory of the program %.1f MB\n", a / b, m / 1024 }'
}

# One hour of 10,000 prepaid clients with ten resources each: from the clock's
# hour to the last debited balance.
hour() {
	local t0 t1
	fresh
	seed 10000 10 PREPAID
	clock_to $((from_hour * 3600 + 3600 + 60))
	t0=$(now)
	tb bill run
	t1=$(now)
	sql -e "SELECT CONCAT(COUNT(*), ' balances show the hour') FROM wallet
		 WHERE posted_until_hour = $from_hour + 1 AND balance_e8 < 0"
	awk -v a=$((t1 - t0)) 'BEGIN {
		printf "hour: 10000 prepaid clients, 100000 resources: %.2f s\n", a / 1e9 }'
	tb verify | tail -n 1
}

# Nothing changes in 1, 10 and 60 days: the run should cost about the same, but
# for the two invoices that 60 days hold.
days() {
	local d t0 t1
	for d in 1 10 60; do
		fresh
		seed 2000 10 POSTPAID
		clock_to $(((from_hour + 24 * d) * 3600 + 60))
		t0=$(now)
		tb bill run
		t1=$(now)
		awk -v a=$((t1 - t0)) -v d="$d" -v r="$(sql -e 'SELECT COUNT(*) FROM charge')" 'BEGIN {
			printf "days: 20000 resources, %d days: %.2f s, %d charges\n", d, a / 1e9, r }'
	done
}

# measure NAME URL -> "NAME req/s p50 p99" and the rate in $rate
measure() {
	wrk -t1 -c"$conns" -d"${seconds}s" --latency -H "Cookie: tb_user=$token" \
		"$2" >"$tmp/wrk" 2>&1
	if grep -q 'Non-2xx' "$tmp/wrk"; then
		cat "$tmp/wrk"
		exit 1
	fi
	rate=$(awk '/Requests\/sec/ { print $2 }' "$tmp/wrk")
	printf '%-34s %9.0f/s  p50 %-9s p99 %s\n' "$1" "$rate" \
		"$(awk '$1 == "50%" { print $2 }' "$tmp/wrk")" \
		"$(awk '$1 == "99%" { print $2 }' "$tmp/wrk")"
}

web() {
	local hash account i pool
	token=benchbenchbenchbenchbenchbenchbenchbenchabc
	hash=$(printf %s "$token" | sha256sum | cut -d' ' -f1)
	account=$(sql -e "SELECT MIN(id) FROM account WHERE email LIKE 'bench%'")
	sql -e "INSERT INTO user (account_id, role, email, password_hash, first_name, last_name,
			status, session_epoch, created_at, realm)
		VALUES ($account, 'OWNER', 'bench@example.com', '!', 'B', 'B', 'ACTIVE', 1, 0, 'user');
		INSERT INTO session VALUES (UNHEX('$hash'), LAST_INSERT_ID(), 1, REPEAT('x', 43),
			UNIX_TIMESTAMP(), UNIX_TIMESTAMP() + 100000, UNIX_TIMESTAMP() + 100000, '')"
	# shellcheck disable=SC2046
	gcc -O2 -I"$TB_OBJ" -I"$TB_OBJ/gen" -I"$src/billing" $(pkg-config --cflags libmariadb) \
		-o "$tmp/peer" "$src/tests/bench/peer.c" "$TB_OBJ/libbilling.a" \
		$(pkg-config --libs libmariadb json-c libcurl libcrypto libcrypt inih libsystemd) \
		-lfcgi
	spawn-fcgi -s "$tmp/peer.sock" -F "$workers" -P "$tmp/peer.pid" -- \
		"$tmp/peer" "$sock" "$db" "$hash" "$account" >/dev/null
	"$TB_OBJ/tollbridge-portal" --pool user --socket "$tmp/user.sock" --workers "$workers" \
		--config "$tmp/tb.conf" >"$tmp/portal.log" 2>&1 &
	pids+=($!)
	fpm=$(ls /usr/sbin/php-fpm* | head -n 1)
	cat >"$tmp/fpm.conf" <<-END
	[global]
	daemonize = no
	error_log = $tmp/fpm.log
	[www]
	user = root
	listen = $tmp/php.sock
	pm = static
	pm.max_children = $workers
	php_admin_value[opcache.enable] = 1
	END
	"$fpm" -R -y "$tmp/fpm.conf" >/dev/null 2>&1 &
	pids+=($!)
	sed -e 's/@[a-z_]*@//g' -e '/include/d' -e '/error_page/d' -e '/limit_/d' \
		"$src/nginx/fastcgi.conf.in" >"$tmp/fastcgi.conf"
	cat >"$tmp/nginx.conf" <<-END
	$([ "$(id -u)" -ne 0 ] || echo 'user root;')
	daemon off; worker_processes 1; pid $tmp/nginx.pid; error_log $tmp/nginx.log;
	events { worker_connections 512; }
	http {
		access_log off;
		client_body_temp_path $tmp/b; proxy_temp_path $tmp/p; fastcgi_temp_path $tmp/f;
		uwsgi_temp_path $tmp/u; scgi_temp_path $tmp/s;
		server {
			listen 127.0.0.1:$port;
			location = /return { return 200 "ok"; }
			include $tmp/fastcgi.conf;
			location /api/user/ { fastcgi_pass unix:$tmp/user.sock; }
			location /peer/ { fastcgi_pass unix:$tmp/peer.sock; }
			location /php/ {
				include $tmp/fastcgi.conf;
				fastcgi_param SCRIPT_FILENAME $src/tests/bench/floor.php;
				fastcgi_param TB_DB_SOCKET $sock;
				fastcgi_pass unix:$tmp/php.sock;
			}
		}
	}
	END
	nginx -c "$tmp/nginx.conf" &
	pids+=($!)
	for i in $(seq 50); do
		curl -sf -o /dev/null "http://127.0.0.1:$port/return" && break
		sleep 0.1
	done
	sleep 1
	rate=$("$tmp/peer" "$sock" "$db" "$hash" "$account" --selects 30000)
	echo "raw point selects, one connection: $rate/s"
	measure 'nginx return 200' "http://127.0.0.1:$port/return"
	for i in balance newest-invoices; do
		measure "$i, portal" "http://127.0.0.1:$port/api/user/$i"
		ours=$rate
		measure "$i, bare libfcgi (ceiling)" "http://127.0.0.1:$port/peer/$i"
		ceiling=$rate
		measure "$i, php-fpm (floor)" "http://127.0.0.1:$port/php/$i"
		awk -v n="$i" -v o="$ours" -v c="$ceiling" -v f="$rate" 'BEGIN {
			printf "%s: %.0f %% of the ceiling, %.1f x the floor\n", n, 100 * o / c, o / f }'
	done
}

case " $what " in *" bill "*) fresh && bill ;; esac
case " $what " in *" hour "*) hour ;; esac
case " $what " in *" days "*) days ;; esac
case " $what " in *" web "*)
	fresh
	seed "$clients" "$resources" POSTPAID
	web
	;;
esac
