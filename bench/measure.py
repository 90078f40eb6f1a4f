# SPDX-License-Identifier: GPL-2.0-only
"""What a command costs the whole guest, in instructions.

Under `-icount shift=0` one instruction of the guest's only processor is one
nanosecond of the guest's time, so the kernel's own accounting of CPU time
counts instructions:

  whole    run time of all tasks, /proc/schedstat. An interrupt and the softirqs
           after it are in the time of the task that they interrupt, which makes
           this all but what interrupts the idle loop
  busy     all but the idle loop, interrupts there too: the clock less the idle
           time of /proc/timer_list. A check of the former, the two must agree
  server   cpu.stat of the server's control group
  client   rusage of the command and its children
"""

import os
import re
import subprocess
import time

CGROUPS = "/sys/fs/cgroup"


def cgroup(name):
    """A control group that accounts memory, as those of a distribution's services do."""
    with open(f"{CGROUPS}/cgroup.subtree_control", "w") as f:
        f.write("+memory")
    path = f"{CGROUPS}/{name}"
    os.makedirs(path, exist_ok=True)
    return path


def join(path=None, root=None):
    """The calling process and its children to come are in the group, and see another root."""
    if path:
        with open(f"{path}/cgroup.procs", "w") as f:
            f.write("0")
    if root:
        os.chroot(root)
        os.chdir("/")


def read(path):
    with open(path) as f:
        return f.read()


def whole():
    """Run time of all tasks in ns: seventh figure of cpu0."""
    return int(re.search(r"^cpu0 (?:\d+ ){6}(\d+)", read("/proc/schedstat"), re.M).group(1))


def idle():
    """Time in the idle loop in ns, interrupts not counted."""
    return sum(int(n) for n in re.findall(r"\.(?:idle|iowait)_sleeptime\s*: (\d+) nsecs",
                                          read("/proc/timer_list")))


def group(path):
    """Run time of a control group in ns."""
    return 1000 * int(re.search(r"^usage_usec (\d+)", read(f"{path}/cpu.stat"), re.M).group(1))


class Meter:
    """Costs of one command after the other; `server` is a control group, `root` that of memory.py."""

    def __init__(self, server, log, root):
        self.server = server
        self.log = log
        self.root = root

    def snapshot(self):
        # The idle time is that up to the last wake-up, which was before we ran.
        return {"busy": time.monotonic_ns() - idle(), "elapsed": time.monotonic_ns(),
                "server": group(self.server), "whole": whole()}

    def run(self, command, peer=None, root=None):
        """Run a shell-free command, return its costs in instructions.

        It is in the control group `peer` if there is one, which is then a cost of its own,
        and in `root`.
        """
        # What the last command left to be done later is not this one's.
        time.sleep(0.5)
        before = self.snapshot()
        before["peer"] = group(peer) if peer else 0
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log,
                                 stderr=self.log,
                                 preexec_fn=(lambda: join(peer, root)) if peer or root else None)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        after = self.snapshot()
        after["peer"] = group(peer) if peer else 0
        if status:
            raise SystemExit(f"bench: {' '.join(command)}: status {status}")
        cost = {key: after[key] - before[key] for key in before}
        cost["client"] = round((usage.ru_utime + usage.ru_stime) * 1e9)
        cost["cost"] = cost["whole"] - cost["server"]
        cost["rss"] = usage.ru_maxrss * 1024
        return cost
