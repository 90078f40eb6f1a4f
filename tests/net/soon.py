# SPDX-License-Identifier: GPL-2.0-only
"""What is promised to take two seconds at most, also where all takes longer."""

import subprocess
import time

from wait import until
from world import World

# What is promised, on a machine where a namespace without jobs goes in the usual time
SOON = 2
USUAL = 0.3
# At times the kernel begins so much later to remove a namespace, also one that knetctl has never seen
LATE = 1


def until_removed(place):
    """Until the kernel is through with it: then the other end of the veth pair is gone."""
    place.leave()
    begin = time.monotonic()
    subprocess.run(["ip", "netns", "del", place.client.name], check=True)
    until(lambda: not place.peer_exists(), "the end of the namespace")
    return time.monotonic() - begin


def slowness():
    """A guest on a busy machine gets its share of time only: how much longer all takes."""
    empty = World()
    try:
        took = until_removed(empty)
    finally:
        empty.close()
    return max(1, took / USUAL)


def soon(what, took, late=0):
    limit = SOON + late
    if took >= limit:
        limit *= max(slowness() for _ in range(3))
    assert took < limit, f"{what} took {took:.1f} s, more than {limit:.1f} s"
