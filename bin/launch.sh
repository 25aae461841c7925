# Sourced by the executables here: runs a pipeline with the Node that `make setup` chose.
set -eu
root=$(dirname "$(dirname "$(readlink -f "$0")")")
launch() {
  pipeline=$1
  shift
  if [ ! -d "$root/node_modules" ]; then
    echo "$pipeline: the project is not set up yet; run: make -C $root setup" >&2
    exit 1
  fi
  PATH="$root/.tools/node_modules/.bin:$PATH"
  exec node --disable-warning=ExperimentalWarning "$root/pipelines/$pipeline/src/main.ts" "$@"
}
