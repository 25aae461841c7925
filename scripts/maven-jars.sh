#!/bin/sh
# Copies the jars that scripts/NAME/pom.xml names, from Maven's own repository, into .tools/NAME/libs. Needs a JDK 17 or
# newer and mvn; does nothing where they are there already.
set -eu
name=$1
cd "$(dirname "$0")/.."
folder=.tools/$name
cmp -s "scripts/$name/pom.xml" "$folder/pom.xml" && exit 0
command -v java >/dev/null || { echo "$name: there is no java; install a JDK 17" >&2; exit 1; }
command -v mvn >/dev/null || { echo "$name: there is no mvn; install Maven" >&2; exit 1; }
echo "$name: fetching its jars into $folder"
mkdir -p .tools
# Whole or not at all: a server with half its jars would fail in a test.
fetched=$(mktemp -d ".tools/$name-XXXXXX")
trap 'rm -rf "$fetched"' EXIT
mvn --quiet --batch-mode --file "scripts/$name/pom.xml" dependency:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$PWD/$fetched/libs"
cp "scripts/$name/pom.xml" "$fetched/pom.xml"
chmod 755 "$fetched"
rm -rf "$folder"
mv "$fetched" "$folder"
