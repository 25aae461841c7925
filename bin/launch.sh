# Sourced by the executables here: runs a pipeline with the Node that `make setup` chose. No process but one is started on
# the way, since each takes a millisecond.
set -eu
case $0 in */*) executable=$0 ;; *) executable=./$0 ;; esac
[ ! -h "$executable" ] || executable=$(readlink -f "$executable")
case $executable in /*) ;; *) executable=$PWD/$executable ;; esac
root=${executable%/*}/..
# Whether a bundle of the pipeline stands there, and nothing that it was made of has changed since.
is_bundled() {
  bundle="$root/node_modules/.cache/bundles/$1/main.mjs"
  [ -f "$bundle" ] && [ -f "${bundle%/*}/sources.sh" ] || return 1
  . "${bundle%/*}/sources.sh"
  for source in $sources; do
    [ "$root/$source" -nt "$bundle" ] && return 1
  done
  return 0
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
  exec node --disable-warning=ExperimentalWarning ${node_flags:-} "$main" "$@"
}
