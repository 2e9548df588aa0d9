#!/usr/bin/env bash
# Should nginx keep its FastCGI connections? Measured on a running quickstart
# (TOLLBRIDGE_HOME), with a private nginx per variant on TOLLBRIDGE_BENCH_PORT
# and the next, and wrk. What is looked at: throughput, latency, and whether
# somebody else (the portal's own nginx) is still answered meanwhile and after.
#
# Two cores, 4 workers, GET /api/user/health (one select), nginx 1.22, libfcgi 2.4.2:
#
#   fastcgi_keep_conn            off                     on
#   4 connections                5284/s, p99   5 ms      4923/s, p99  166 ms
#   16                           5580/s, p99   9 ms      5215/s, p99 1710 ms, 3 timeouts
#   48                           5348/s, p99  23 ms      2417/s, p99  633 ms, 1 timeout
#   others, during the load      0 of 10 failed, 9 ms    8 of 10 failed
#   others, when idle again      0 of 10 failed, 4 ms    10 of 10 failed
#
# A worker serves the one connection it has accepted until that is closed, so
# as many kept connections as workers shut everybody else out, even when idle.
# A new unix socket connection costs some 20 us. Hence: off.
set -eu
home=${TOLLBRIDGE_HOME:?a running quickstart}
port=${TOLLBRIDGE_BENCH_PORT:-18197}
run=$(readlink -f -- "$home/run")
other=http://127.0.0.1:${TOLLBRIDGE_PORT:-8080}/api/user/health
tmp=$(mktemp -d)
pids=()
# shellcheck disable=SC2317
finish() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf -- "$tmp"
}
trap finish EXIT

command -v wrk >/dev/null || { echo "1..0 # SKIP wrk is not installed"; exit 0; }

# start_nginx NAME PORT on|off
start_nginx() {
	local keep='' user=''

	[ "$3" = off ] || keep='keepalive 16;'
	[ "$(id -u)" -ne 0 ] || user='user root;'
	grep -vE 'keep_conn|read_timeout' "$home/etc/nginx/fastcgi.conf" >"$tmp/fastcgi.conf"
	cat >"$tmp/$1.conf" <<-END
	$user
	worker_processes 2;
	daemon off;
	pid $tmp/$1.pid;
	error_log $tmp/$1.log;
	events { worker_connections 1024; }
	http {
		access_log off;
		client_body_temp_path $tmp/$1-b; proxy_temp_path $tmp/$1-p;
		fastcgi_temp_path $tmp/$1-f; uwsgi_temp_path $tmp/$1-u; scgi_temp_path $tmp/$1-s;
		upstream pool { server "unix:$run/user.sock"; $keep }
		server {
			listen 127.0.0.1:$2;
			location / {
				include "$tmp/fastcgi.conf";
				fastcgi_keep_conn $3;
				fastcgi_read_timeout 5s;
				fastcgi_pass pool;
			}
			location @tollbridge_busy { return 503; }
			location @tollbridge_limited { return 429; }
			location @tollbridge_too_large { return 413; }
		}
		map \$https \$tollbridge_hsts { default ""; }
	}
	END
	PATH=$PATH:/usr/sbin nginx -e stderr -c "$tmp/$1.conf" -p "$tmp" 2>"$tmp/$1.err" &
	pids+=($!)
	sleep 0.5
	kill -0 $! || { cat "$tmp/$1.err" >&2; exit 1; }
}

# Ten requests by the portal's own nginx, slowest one and failures.
others() {
	local i slow=0 bad=0 code s

	for i in 1 2 3 4 5 6 7 8 9 10; do
		read -r code s < <(curl -s -o /dev/null --noproxy '*' --max-time 3 \
			-w '%{http_code} %{time_total}\n' "$other" || true)
		[ "$code" = 200 ] || bad=$((bad + 1))
		slow=$(printf '%s\n%s\n' "$slow" "$s" | sort -g | tail -n 1)
	done
	printf 'others %-22s %d of %d failed, slowest %s s\n' "$1" "$bad" "$i" "$slow"
}

variant() {
	local c

	start_nginx "$1" "$2" "$1"
	echo "== fastcgi_keep_conn $1"
	for c in 4 16 48; do
		wrk -t2 -c$c -d4s --latency "http://127.0.0.1:$2/api/user/health" >"$tmp/wrk"
		awk -v c=$c '/^ +(50|99)%/ { l = l " " $1 " " $2 } /Requests\/sec/ { r = $2 }
			/Non-2xx|Socket errors/ { e = e " " $0 }
			END { printf "%d connections:%s, %s/s%s\n", c, l, r, e }' "$tmp/wrk"
	done
	wrk -t2 -c16 -d5s "http://127.0.0.1:$2/api/user/health" >/dev/null &
	sleep 1
	others "during the load:"
	wait $!
	others "when it is idle again:"
	kill "${pids[-1]}"
	sleep 1
}

others "before:"
variant off "$port"
variant on $((port + 1))
