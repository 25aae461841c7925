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
  # Stripping types and compiling some 300 small modules takes half a second; Node keeps the result by content.
  NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$root/node_modules/.cache/compiled}"
  export NODE_COMPILE_CACHE
  exec node --disable-warning=ExperimentalWarning "$root/pipelines/$pipeline/src/main.ts" "$@"
}
