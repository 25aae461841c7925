"""Replays an oracleGeneral trace with libCacheSim; prints one JSON object {policy: {capacity: [seconds, miss ratio]}}.

usage: libcachesim_speed.py TRACE POLICY,POLICY,... CAPACITY,CAPACITY,... REPEATS
"""

import json
import sys
import time

import libcachesim as lcs

POLICIES = {
    "fifo": lcs.FIFO,
    "lru": lcs.LRU,
    "clock": lcs.Clock,
    "sieve": lcs.Sieve,
    "s3-fifo": lcs.S3FIFO,
    "2q": lcs.TwoQ,
    "slru": lcs.SLRU,
    "arc": lcs.ARC,
    "lfu": lcs.LFU,
    "lirs": lcs.LIRS,
    "gdsf": lcs.GDSF,
    "w-tinylfu": lcs.WTinyLFU,
    "random": lcs.Random,
    "optimum": lcs.Belady,
}


def main() -> None:
    path, names, capacities, repeats = sys.argv[1:5]
    params = lcs.ReaderInitParam(ignore_obj_size=True)
    results = {}
    for name in names.split(","):
        if name not in POLICIES:
            continue
        results[name] = {}
        for capacity in capacities.split(","):
            best = None
            for _ in range(int(repeats)):
                reader = lcs.TraceReader(path, lcs.TraceType.ORACLE_GENERAL_TRACE, params)
                cache = POLICIES[name](cache_size=int(capacity))
                begin = time.thread_time()
                miss_ratio, _ = cache.process_trace(reader)
                seconds = time.thread_time() - begin
                if best is None or seconds < best[0]:
                    best = [seconds, miss_ratio]
            results[name][capacity] = best
    print(json.dumps(results))


main()
