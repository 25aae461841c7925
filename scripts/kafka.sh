#!/bin/sh
# Installs an Apache Kafka broker (its jars, from Maven's own repository, 43 MiB) into .tools/kafka for the tests that start
# one. Needs a JDK 17 or newer and mvn; does nothing where the jars of scripts/kafka/pom.xml are there already.
set -eu
cd "$(dirname "$0")/.."
folder=.tools/kafka
cmp -s scripts/kafka/pom.xml "$folder/pom.xml" && exit 0
command -v java >/dev/null || { echo "kafka: there is no java; install a JDK 17" >&2; exit 1; }
command -v mvn >/dev/null || { echo "kafka: there is no mvn; install Maven" >&2; exit 1; }
echo "kafka: fetching the broker into $folder"
mkdir -p .tools
# Whole or not at all: a broker with half its jars would fail in a test.
fetched=$(mktemp -d .tools/kafka-XXXXXX)
trap 'rm -rf "$fetched"' EXIT
mvn --quiet --batch-mode --file scripts/kafka/pom.xml dependency:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$PWD/$fetched/libs"
cp scripts/kafka/pom.xml "$fetched/pom.xml"
chmod 755 "$fetched"
rm -rf "$folder"
mv "$fetched" "$folder"
