# Starting, watching and stopping the background processes of one part.
#
# A pid file holds "<pid> <start time>": a pid alone may since belong to somebody else, and that one must never be killed.
# shellcheck shell=bash

# start_time PID: when the process began, in clock ticks since boot; fails when it is gone.
start_time() {
  local stat fields
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  # The name in brackets may hold spaces, so count from behind it. A zombie (Z) has ended.
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z ]] && printf '%s\n' "${fields[19]}"
}

# alive PID_FILE: does that very process still run?
alive() {
  local pid start
  [[ -s $1 ]] && read -r pid start <"$1" && [[ $(start_time "$pid") == "$start" ]]
}

# remember PID PID_FILE
remember() {
  local start
  start=$(start_time "$1") || return 1
  printf '%s %s\n' "$1" "$start" >"$2"
}

# launch PID_FILE LOG COMMAND...: in a session of its own, so that a Ctrl-C meant for a test does not reach it, and
# without the lock (fd 9) of the script that starts it.
launch() {
  local pid_file=$1 log=$2
  shift 2
  setsid "$@" >"$log" 2>&1 </dev/null 9<&- &
  remember "$!" "$pid_file" || true
}

# await SECONDS PID_FILE LOG CHECK...: returns when CHECK holds; ends the script when the process dies or time is up.
await() {
  local deadline=$((SECONDS + $1)) pid_file=$2 log=$3
  shift 3
  until "$@"; do
    alive "$pid_file" || { tail -n 20 "$log" >&2; die "ended while starting; the log above is $log"; }
    ((SECONDS < deadline)) || { tail -n 20 "$log" >&2; die "not ready in time; the log above is $log"; }
    sleep 0.05
  done
}

# stop PID_FILE SIGNAL SECONDS: asks with SIGNAL, waits, and kills what has not ended by then.
stop() {
  local pid_file=$1 signal=$2 deadline=$((SECONDS + $3)) pid start
  alive "$pid_file" || { rm -f "$pid_file"; return 0; }
  read -r pid start <"$pid_file"
  kill -s "$signal" "$pid" 2>/dev/null || true
  while [[ $(start_time "$pid") == "$start" ]]; do
    if ((SECONDS >= deadline)); then
      printf '%s: %s did not stop in %s s and was killed\n' "${part:?}" "$pid" "$3" >&2
      kill -s KILL "$pid" 2>/dev/null || true
      deadline=$((SECONDS + 10))
    fi
    sleep 0.02
  done
  rm -f "$pid_file"
}

# answers PORT: does something listen there?
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# require_free PORT VARIABLE: a foreign listener would be taken for ours.
require_free() {
  ! answers "$1" || die "port $1 is taken by another process. Stop it, or choose another port with $2."
}

# resident PID_FILE: memory of the process in MB.
resident() {
  local pid _
  read -r pid _ <"$1"
  awk '/^VmRSS:/ { printf "%d MB", $2 / 1024 }' "/proc/$pid/status"
}

# one_at_a_time: two callers of the same part wait for each other. The lock is the script itself: no file is left behind.
one_at_a_time() {
  exec 9<"$0"
  flock 9
}
