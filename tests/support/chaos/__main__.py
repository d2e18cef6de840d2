"""Tell many seeds' stories and print what befell: `make simulate SEEDS=2000`, or one again: `make simulate SEED=17`.

`make simulate FROM=650 SEEDS=1000 WORKERS=1` begins with another seed, and leaves the rest of the machine to others.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter

from support.chaos.many import told


def main() -> int:
    """Return how many stories failed, at most 1."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--seeds", type=int, default=1000)
    wanted.add_argument("--first", type=int, default=0)
    wanted.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="stories told at a time")
    wanted.add_argument("--seed", type=int, action="append", help="just this one")
    chosen = wanted.parse_args()
    seeds = chosen.seed or range(chosen.first, chosen.first + chosen.seeds)
    befell: Counter[str] = Counter()
    failed = []
    with multiprocessing.get_context("spawn").Pool(min(chosen.workers, len(seeds))) as pool:
        for seed, seen, problem in pool.imap_unordered(told, seeds):
            befell += seen
            if problem:
                failed.append(seed)
                print(f"{problem}\nSeed {seed} failed. To repeat it: make simulate SEED={seed}\n", flush=True)  # noqa: T201 - it is there to print
    for what, count in sorted(befell.items()):
        print(f"{count:>12,}  {what}")  # noqa: T201 - as above
    print(f"{len(seeds):>12,}  seeds\n{len(failed):>12,}  failed")  # noqa: T201 - as above
    return min(len(failed), 1)


if __name__ == "__main__":
    sys.exit(main())
