# Runs the steps of a script, side by side where the script says so. Each has its log, says how long it usually takes
# and how long it took; a failed one shows the end of its log. Set `logs` before the first step.
# shellcheck shell=bash

declare -A step_pid=()
failed_steps=()

# For the EXIT trap of a step, which knows `name` and `began`.
write_duration() { echo $((SECONDS - began)) >"${logs:?}/$name.seconds"; }

# begin NAME USUAL COMMAND...: starts a step in the background.
begin() {
  local name=$1 usual=$2
  shift 2
  mkdir -p "${logs:?}"
  printf '▶ %s (usually %s)\n' "$name" "$usual"
  # With job control a step is a process group of its own, which stop_steps can end as a whole.
  set -m
  (
    set +m
    began=$SECONDS
    trap write_duration EXIT
    "$@"
  ) >"$logs/$name.log" 2>&1 </dev/null &
  step_pid[$name]=$!
  set +m
}

# finish NAME [CLOSING]: waits for it and reports; CLOSING prints what is worth seeing of its log, passed or failed.
finish() {
  local name=$1 closing=${2:-:} log=$logs/$1.log pid=${step_pid[$1]} rc=0
  wait "$pid" || rc=$?
  unset "step_pid[$name]"
  if ((rc == 0)); then
    printf '✔ %s: %s s\n' "$name" "$(<"$logs/$name.seconds")"
  else
    failed_steps+=("$name")
    printf '✘ %s failed after %s s. The end of %s:\n' "$name" "$(<"$logs/$name.seconds")" "$log"
    tail -n 40 "$log" | sed 's/^/  | /'
  fi
  "$closing" "$log" || true
}

# run NAME USUAL COMMAND...: one step, waited for.
run() {
  begin "$@"
  finish "$1"
}

# finish_begun NAME...: waits for those that were begun.
finish_begun() {
  local name
  for name in "$@"; do
    [[ -z ${step_pid[$name]:-} ]] || finish "$name"
  done
}

# stop_steps: ends what still runs; for an EXIT trap, so that Ctrl-C leaves no build behind.
stop_steps() {
  local pid
  for pid in "${step_pid[@]}"; do
    kill -s TERM -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

# passed: ends the script with 1 when a step so far has failed.
passed() {
  ((${#failed_steps[@]} == 0)) || { printf '\nFailed: %s\n' "${failed_steps[*]}" >&2; exit 1; }
}
