"""Million requests per second and miss ratio of libCacheSim's policies, the best of three runs.

Usage: beside_libcachesim.py TRACE, an oracleGeneral file; prints `policy capacity rate tuned-rate miss-ratio`, a line
each. The first rate is with its own settings, whose hash table has 2^24 buckets; the second with 2^18, which is its
fastest for these capacities.
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


TUNED = 18


def run(policy, capacity, trace, settings):
    reader = library.TraceReader(trace, library.TraceType.ORACLE_GENERAL_TRACE)
    cache = policy(capacity, **settings)
    start = time.process_time()
    miss_ratio, _ = cache.process_trace(reader)
    return time.process_time() - start, miss_ratio


def best(policy, capacity, trace, **settings):
    seconds, miss_ratio = min(run(policy, capacity, trace, settings) for _ in range(RUNS))
    return REQUESTS / seconds / 1e6, miss_ratio


for capacity in (10_000, 100_000):
    for name, policy in POLICIES:
        rate, miss_ratio = best(policy, capacity, sys.argv[1])
        tuned, _ = best(policy, capacity, sys.argv[1], hashpower=TUNED)
        print(name, capacity, f"{rate:.1f}", f"{tuned:.1f}", f"{miss_ratio:.4f}", flush=True)
