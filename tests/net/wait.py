# SPDX-License-Identifier: GPL-2.0-only
"""Wait for a state, never for a time."""

import time

# A guest without hardware virtualisation on a busy machine is slow.
PATIENCE = 30


def until(predicate, what="a state", limit=PATIENCE):
    """Poll until predicate() is true, and return what it gave."""
    end = time.monotonic() + limit
    pause = 0.005
    while True:
        got = predicate()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {limit} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
