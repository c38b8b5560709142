"""Million requests per second and miss ratio of libCacheSim's policies, at its best of three runs.

Usage: libcachesim.py TRACE, an oracleGeneral file; prints `policy capacity rate miss-ratio`, a line each.
"""

import sys
import time

import libcachesim as library

# Our name of a policy, and its class there.
POLICIES = [
    ("Fifo", library.FIFO),
    ("Lru", library.LRU),
    ("Random", library.Random),
    ("Clock", library.Clock),
    ("Lfu", library.LFU),
    ("Lfuda", library.LFUDA),
    ("Slru", library.SLRU),
    ("TwoQ", library.TwoQ),
    ("Arc", library.ARC),
    ("Lirs", library.LIRS),
    ("S3Fifo", library.S3FIFO),
    ("Sieve", library.Sieve),
    ("WTinylfu", library.WTinyLFU),
    ("Gdsf", library.GDSF),
]
RUNS = 3
REQUESTS = 4_000_000


def run(policy, capacity, trace):
    reader = library.TraceReader(trace, library.TraceType.ORACLE_GENERAL_TRACE)
    # As many buckets of its hash table as our index has slots: with its default of 2^24 it would be slower.
    cache = policy(capacity, hashpower=18)
    start = time.process_time()
    miss_ratio, _ = cache.process_trace(reader)
    return time.process_time() - start, miss_ratio


for capacity in (10_000, 100_000):
    for name, policy in POLICIES:
        try:
            seconds, miss_ratio = min(run(policy, capacity, sys.argv[1]) for _ in range(RUNS))
        except Exception as error:
            print(f"{name} of {capacity}: {error}", file=sys.stderr)
            continue
        print(name, capacity, f"{REQUESTS / seconds / 1e6:.1f}", f"{miss_ratio:.4f}", flush=True)
