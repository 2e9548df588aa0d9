# shellcheck shell=bash
# Processes we started: one file each in pid/, "PID START", where START is the
# kernel's start time of that process. A pid alone may belong to somebody else
# by now. Each is the leader of a session of its own, so what it forked and left
# behind can be found, too.

# Start time of a process in clock ticks since boot, also of a dead one nobody
# has waited for; fails when there is none.
birth_of() {
	local line

	{ line=$(cat "/proc/$1/stat"); } 2>/dev/null || return 1
	line=${line##*) }
	# state is field 3 and now the first; starttime is field 22
	# shellcheck disable=SC2086
	set -- $line
	printf '%s %s\n' "$1" "${20}"
}

# Of a living one.
start_of() {
	local state start

	read -r state start < <(birth_of "$1") || return 1
	[ "$state" != Z ] && printf '%s\n' "$start"
}

process_pid() {
	local pid='' start=''

	[ -e "$TB_HOME/pid/$1" ] && read -r pid start <"$TB_HOME/pid/$1" || return 1
	[[ "$pid" =~ ^[0-9]+$ ]] && [ "$(start_of "$pid")" = "$start" ] && printf '%s\n' "$pid"
}

process_alive() {
	process_pid "$1" >/dev/null
}

process_note() {
	local start

	start=$(start_of "$2") || return 1
	printf '%s %s\n' "$2" "$start" | put "$TB_HOME/pid/$1"
}

# process_start NAME command...: in the background, its own session, output to its log.
process_start() {
	local name=$1 log=$TB_HOME/log/$1.log
	shift

	if [ -e "$log" ] && [ "$(stat -c %s "$log")" -gt 52428800 ]; then
		mv -f -- "$log" "$log.1"
	fi
	setsid "$@" >>"$log" 2>&1 </dev/null 9>&- &
	process_note "$name" $!
	# its death is told by the watch, in our words
	disown $!
}

# session_members SID START: what is left of the session a process led that was
# started at START, when the leader itself is gone.
session_members() {
	local session=$1 since=$2 stat pid line

	for stat in /proc/[0-9]*/stat; do
		{ line=$(cat "$stat"); } 2>/dev/null || continue
		pid=${stat#/proc/}
		pid=${pid%/stat}
		line=${line##*) }
		# state 1, session 4, starttime 20
		# shellcheck disable=SC2086
		set -- $line
		if [ "$4" = "$session" ] && [ "$1" != Z ] && [ "${20}" -ge "$since" ] &&
			[ -O "/proc/$pid" ]; then
			printf '%s\n' "$pid"
		fi
	done
}

# Signals a process of ours; a dead leader's children instead.
process_signal() {
	local name=$1 sig=$2 pid start now members

	[ -e "$TB_HOME/pid/$name" ] || return 1
	if pid=$(process_pid "$name"); then
		kill "-$sig" "$pid" 2>/dev/null || true
		return 0
	fi
	read -r pid start <"$TB_HOME/pid/$name" || return 1
	[[ "$pid" =~ ^[0-9]+$ && "$start" =~ ^[0-9]+$ ]] || return 1
	# when the number has been given to somebody else, so has its session
	if read -r _ now < <(birth_of "$pid") && [ "$now" != "$start" ]; then
		return 1
	fi
	members=$(session_members "$pid" "$start")
	[ -n "$members" ] || return 1
	# shellcheck disable=SC2086
	kill "-$sig" $members 2>/dev/null || true
}

# process_stop NAME [SECONDS [SIGNAL]]: TERM or SIGNAL, patience, KILL.
process_stop() {
	local name=$1 patience=${2:-40} i

	process_signal "$name" "${3:-TERM}" || { rm -f -- "$TB_HOME/pid/$name"; return 0; }
	for ((i = 0; i < patience * 10; i++)); do
		process_signal "$name" 0 || break
		sleep 0.1
	done
	if process_signal "$name" 0; then
		warn "$name does not end; killed"
		process_signal "$name" KILL || true
		sleep 0.2
		# nginx: the workers of a killed master
		process_signal "$name" KILL || true
	fi
	rm -f -- "$TB_HOME/pid/$name"
}
