#!/bin/sh
# Makes the checkout ready: Node 24 and pnpm (pinned, from the npm registry, into .tools/) where the machine's own are
# older, then the locked dependencies. Safe to run again; a second run takes about a second.
set -eu
cd "$(dirname "$0")/.."
node_version=24.21.0
pnpm_version=12.21.0

has_node() { command -v node >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)'; }
has_pnpm() { command -v pnpm >/dev/null && [ "$(pnpm --version | cut -d. -f1)" -ge 12 ]; }

PATH="$PWD/.tools/node_modules/.bin:$PATH"
if ! has_node || ! has_pnpm; then
  command -v npm >/dev/null || { echo "setup: npm is missing; install any Node.js 18 or newer with npm" >&2; exit 1; }
  echo "setup: fetching Node $node_version and pnpm $pnpm_version into .tools/"
  npm install --prefix .tools --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
    "pnpm@$pnpm_version" "node@$node_version" >/dev/null
  # The shell remembers where the older node was.
  hash -r
fi
pnpm install --frozen-lockfile --reporter=silent || pnpm install --frozen-lockfile
# Executables start from bundles; see bin/launch.sh.
. bin/launch.sh
root=$PWD
is_bundled prefix-indexer || node scripts/bundle.ts || echo "setup: without bundles, executables start from their sources" >&2
