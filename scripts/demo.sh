#!/bin/sh
# A sample trace, what export-wavespec finds in it, and where the files are.
set -eu
cd "$(dirname "$0")/.."
folder=out/demo
mkdir -p "$folder"

echo "1. A synthetic trace: 20,000 requests of multi-turn chat, 8 tenants with system prompts of their own, seed 7"
bin/make-trace --workload chat --requests 20000 --tenants 8 --seed 7 --out "$folder/trace.jsonl"
echo
echo "2. Which prefixes are worth 40 GiB of GPU memory, and how should their pages lie?"
bin/export-wavespec --logs "$folder/trace.jsonl" --model llama-3.1-8b --memory 40GiB \
  --blocks "$folder/blocks.parquet" --out "$folder/wavespec.json"
echo
echo "The files are in $folder:"
ls -l "$folder" | awk 'NR > 1 { printf "  %10d  %s\n", $5, $9 }'
