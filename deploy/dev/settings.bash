# Where the parts live and on which ports they listen. Read by every script here and in scripts/.
# Every value can be set from outside; deploy/dev/env gives the same ports to tests and to a dev run.
# shellcheck shell=bash disable=SC2034
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# What cargo builds.
target=${CARGO_TARGET_DIR:-$root/target}
# Downloads and the built broker: kept between runs and shared by all checkouts of one person.
cache=${BATAUDIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bataudit}
# State of the running services: thrown away by services-down.
dev_dir=${BATAUDIT_DEV_DIR:-$root/.dev}

kafka_port=${BATAUDIT_DEV_KAFKA_PORT:-19092}
clickhouse_http_port=${BATAUDIT_DEV_CLICKHOUSE_HTTP_PORT:-18123}
clickhouse_tcp_port=${BATAUDIT_DEV_CLICKHOUSE_TCP_PORT:-19000}
postgres_port=${BATAUDIT_DEV_POSTGRES_PORT:-15432}

kafka_libs=$cache/kafka-4.3.1
engine_dir=$cache/chdb-26.7.3-stable.1
engine_lib=${BATAUDIT_ENGINE_LIB:-$engine_dir/libchdb.so}
broker_version=0.6.0
broker_root=$cache/tansu-$broker_version
broker_bin=${BATAUDIT_BROKER_BIN:-$broker_root/bin/tansu}

# Prints a sentence and ends the script.
die() {
  printf '%s: %s\n' "${part:-$(basename "$0")}" "$*" >&2
  exit 1
}

# need COMMAND...: ends with one sentence naming every command that is not installed.
need() {
  local command missing=()
  for command in "$@"; do
    command -v "$command" >/dev/null || missing+=("$command")
  done
  ((${#missing[@]} == 0)) || die "not installed: ${missing[*]}. Run: scripts/install test"
}
