# What is published bears a version, a commit and the commit's time. For scripts/release and scripts/images.
# shellcheck shell=bash

# read_version: sets `version`, and exports BATAUDIT_BUILD_COMMIT and SOURCE_DATE_EPOCH unless they are given.
read_version() {
  version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
  [[ -n $version ]] || die "Cargo.toml names no version"
  if [[ -z ${BATAUDIT_BUILD_COMMIT:-} || -z ${SOURCE_DATE_EPOCH:-} ]]; then
    git rev-parse --verify --quiet HEAD >/dev/null ||
      die "there is no git here: set BATAUDIT_BUILD_COMMIT and SOURCE_DATE_EPOCH (the commit's time in seconds)"
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
    BATAUDIT_BUILD_COMMIT=$(git rev-parse HEAD)
    [[ -z $(git status --porcelain) ]] || BATAUDIT_BUILD_COMMIT+=-changed
    local tag
    tag=$(git describe --exact-match --tags --match 'v*' 2>/dev/null) || tag=v$version
    [[ $tag == "v$version" ]] || die "the commit is tagged $tag, but Cargo.toml says $version"
  fi
  export BATAUDIT_BUILD_COMMIT SOURCE_DATE_EPOCH
}
