#!/bin/sh
# Installs what some tests start and npm cannot give, from Debian's packages: Redis, Chromium for the report page, and what
# scripts/kafka.sh needs, Java and Maven.
# Tests that need one skip, and say so, where it is missing. Needs root; does nothing where everything is there.
set -eu
missing=""
need() { command -v "$1" >/dev/null || missing="$missing $2"; }
need redis-server redis-server
need chromium chromium
need java default-jre-headless
need mvn maven
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "services: missing:$missing; this system has no apt-get, install them by hand" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "services: missing:$missing; run as root: apt-get install$missing" >&2; exit 1; }
echo "services: installing$missing"
export DEBIAN_FRONTEND=noninteractive
# Packages that bring a daemon would start it; tests start their own, on free ports.
printf '#!/bin/sh\nexit 101\n' >/tmp/policy-rc.$$ && chmod +x /tmp/policy-rc.$$
trap 'rm -f /tmp/policy-rc.$$' EXIT
[ -e /usr/sbin/policy-rc.d ] || { cp /tmp/policy-rc.$$ /usr/sbin/policy-rc.d; trap 'rm -f /tmp/policy-rc.$$ /usr/sbin/policy-rc.d' EXIT; }
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
