#!/bin/sh
# Installs an Apache Kafka broker (its jars, 43 MiB) into .tools/kafka for the tests that start one.
set -eu
exec "$(dirname "$0")/maven-jars.sh" kafka
