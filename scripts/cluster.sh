#!/bin/sh
# A Spark standalone cluster on this machine: one master, two workers with an executor of one core each, a Spark Connect
# server. On free ports of 127.0.0.1; pids, logs, `url` (sc://…) and `ui` (http://…) lie in FOLDER.
#   scripts/cluster.sh up [FOLDER]      installs Spark where it is missing, starts what does not run (again), prints the url
#   scripts/cluster.sh down [FOLDER]    stops everything
# With WAVETUNE_CLUSTER_OWNER=PID a process watches PID and stops the cluster when that ends. WAVETUNE_CLUSTER_TOKEN makes
# the server ask for a token.
set -eu
command=${1:-up}
project=$(cd "$(dirname "$0")/.." && pwd)
folder=${2:-$project/out/cluster}
export SPARK_HOME="$project/.tools/spark/home"
export SPARK_LOCAL_IP=127.0.0.1 SPARK_DAEMON_MEMORY=192m SPARK_NO_DAEMONIZE=1
export SPARK_CONF_DIR="$folder/conf" SPARK_WORKER_DIR="$folder/work" SPARK_LOCAL_DIRS="$folder/local"
case $command in up | down) ;; *) echo "cluster: $command: accepted are up, down" >&2; exit 2 ;; esac

runs() { [ -s "$folder/$1.pid" ] && kill -0 "$(cat "$folder/$1.pid")" 2>/dev/null; }

stop() { # NAME: asks, waits up to five seconds, then kills
  [ -s "$folder/$1.pid" ] || return 0
  pid=$(cat "$folder/$1.pid")
  kill "$pid" 2>/dev/null || true
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$folder/$1.pid"
}

down() {
  for name in watch connect worker-1 worker-2 master; do stop "$name"; done
  rm -rf "$folder/local" "$folder/work" "$folder/url" "$folder/ui"
}

start() { # NAME COMMAND…: in a session of its own, so that a terminal's signals do not reach it
  name=$1
  shift
  runs "$name" && return 0
  setsid "$@" </dev/null >"$folder/$name.log" 2>&1 &
  echo $! >"$folder/$name.pid"
}

said() { # NAME PATTERN: what stands behind the pattern in the log, once it does
  for _ in $(seq 1 300); do
    found=$(sed -n "s|.*$2||p" "$folder/$1.log" | head -n 1)
    [ -z "$found" ] || { echo "$found"; return 0; }
    runs "$1" || break
    sleep 0.2
  done
  echo "cluster: the $1 did not start; its log is $folder/$1.log:" >&2
  tail -n 5 "$folder/$1.log" >&2
  return 1
}

[ "$command" = down ] && { down; exit 0; }
"$project/scripts/spark.sh" >&2
mkdir -p "$folder/conf"
trap 'status=$?; [ $status = 0 ] || down' EXIT
spark="$SPARK_HOME/bin/spark-class"
start master "$spark" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0
master=$(said master 'Starting Spark master at ')
for worker in worker-1 worker-2; do
  start "$worker" "$spark" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --port 0 --webui-port 0 --cores 1 --memory 1g "$master"
done
if [ -n "${WAVETUNE_CLUSTER_OWNER:-}" ]; then
  # Its own pid goes first, so that stopping the cluster does not stop the one who stops it.
  start watch sh -c 'while kill -0 "$1" 2>/dev/null; do sleep 2; done; rm -f "$3/watch.pid"; "$2" down "$3"; rm -rf "$3"' \
    watch "$WAVETUNE_CLUSTER_OWNER" "$project/scripts/cluster.sh" "$folder"
fi
# The launcher takes this server for a daemon, so its memory is the daemons'.
export SPARK_DAEMON_MEMORY=1g
start connect "$SPARK_HOME/bin/spark-submit" --master "$master" --class org.apache.spark.sql.connect.service.SparkConnectServer \
  --conf spark.executor.memory=640m --conf spark.executor.cores=1 \
  --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 --conf spark.ui.port=0 \
  --conf spark.connect.grpc.binding.address=127.0.0.1 --conf spark.connect.grpc.binding.port=0 \
  ${WAVETUNE_CLUSTER_TOKEN:+--conf "spark.connect.authenticate.token=$WAVETUNE_CLUSTER_TOKEN"} \
  --conf spark.sql.warehouse.dir="$folder/warehouse" --conf spark.sql.shuffle.partitions=4 spark-internal
ui=$(said connect "Successfully started service 'SparkUI' on port ")
echo "http://127.0.0.1:${ui%.}" >"$folder/ui"
port=$(said connect 'Spark Connect server started at: .*:')
echo "sc://127.0.0.1:$port" >"$folder/url"
cat "$folder/url"
