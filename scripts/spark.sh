#!/bin/sh
# Installs Spark 4 (the `pyspark` package, 0.5 GB with its jars) into .tools/spark, for a cluster on this machine; see
# scripts/cluster.sh. Needs a JDK 17 or newer and a Python 3 with venv; does nothing where it is there already.
set -eu
cd "$(dirname "$0")/.."
version=4.0.5
folder=.tools/spark
command -v java >/dev/null || { echo "spark: there is no java; install a JDK 17 or newer" >&2; exit 1; }
[ "$(cat "$folder/version" 2>/dev/null)" = "$version" ] && exit 0
command -v python3 >/dev/null || { echo "spark: there is no python3; Spark comes as a Python package" >&2; exit 1; }
python3 -c 'import ensurepip, venv' 2>/dev/null || { echo "spark: this python3 has no venv; install python3-venv" >&2; exit 1; }
echo "spark: installing Spark $version into $folder (about a minute)"
mkdir -p .tools
# Whole or not at all: a Spark with half its jars would fail in a test.
fetched=$(mktemp -d .tools/spark-XXXXXX)
trap 'rm -rf "$fetched"' EXIT
python3 -m venv "$fetched/venv"
# Its one dependency serves Python's own driver, which nothing here runs.
"$fetched/venv/bin/pip" install --quiet --no-cache-dir --no-deps --disable-pip-version-check "pyspark==$version"
home=$("$fetched/venv/bin/python" -c 'import importlib.util as u; print(u.find_spec("pyspark").submodule_search_locations[0])')
mv "$home" "$fetched/home"
rm -rf "$fetched/venv"
printf '%s\n' "$version" >"$fetched/version"
chmod 755 "$fetched"
rm -rf "$folder"
mv "$fetched" "$folder"
