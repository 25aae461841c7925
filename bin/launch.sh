# Sourced by the executables here: runs a pipeline with the Node that `make setup` chose.
set -eu
root=$(dirname "$(dirname "$(readlink -f "$0")")")
# Whether a bundle of the pipeline stands there, and nothing that it was made of has changed since.
is_bundled() {
  [ -f "$root/node_modules/.cache/bundles/$1/main.mjs" ] &&
    [ -z "$(find "$root"/packages/*/src "$root"/pipelines/*/src "$root"/packages/*/package.json "$root/pnpm-lock.yaml" \
      -newer "$root/node_modules/.cache/bundles/$1/main.mjs" -print -quit)" ]
}
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
  main="$root/pipelines/$pipeline/src/main.ts"
  # What serves starts once, and its libraries look for files beside themselves.
  if [ "${1:-}" != serve ] && is_bundled "$pipeline"; then
    main="$root/node_modules/.cache/bundles/$pipeline/main.mjs"
  fi
  exec node --disable-warning=ExperimentalWarning "$main" "$@"
}
