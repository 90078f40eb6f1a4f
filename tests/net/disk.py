# SPDX-License-Identifier: GPL-2.0-only
"""A file system on a disk of its own, parts of which can be made to fail."""

import os
import re
import subprocess

from wait import until

SECTOR = 512
DELAY_MS = 200
MKFS = {"ext4": ["mkfs.ext4", "-q", "-m", "0", "-E", "nodiscard,lazy_itable_init=1"],
        "xfs": ["mkfs.xfs", "-q", "-K"]}
MOUNT = {"ext4": ["-o", "noinit_itable"], "xfs": []}


def run(*args, **kwargs):
    return subprocess.run(args, check=True, capture_output=True, text=True, **kwargs).stdout


def dmsetup(*args, table=None):
    # There is no udev here that would make the nodes.
    run("dmsetup", *args, input=table, env=os.environ | {"DM_DISABLE_UDEV": "1"})


class Disk:
    def __init__(self, kind, directory, *options, size=320 << 20):
        for module in ("loop", "dm-flakey", "dm-delay", kind):
            subprocess.run(["modprobe", module], check=False, capture_output=True)
        self.sectors = size // SECTOR
        self.name = f"knetctl-{kind}"
        self.bad = None
        self.options = [*MOUNT[kind], *options]
        self.path = str(directory)
        image = self.path + ".image"
        with open(image, "wb") as f:
            f.truncate(size)
        self.loop = run("losetup", "--find", "--show", image).strip()
        os.unlink(image)
        dmsetup("create", self.name, table=self.table())
        dmsetup("create", f"{self.name}-bad", table=f"0 {self.sectors} error\n")
        run(*MKFS[kind], f"/dev/mapper/{self.name}")
        self.mount()

    def mount(self):
        run("mount", *self.options, f"/dev/mapper/{self.name}", self.path)

    def umount(self):
        # Others may still have a file open.
        until(lambda: not subprocess.run(["umount", self.path], check=False).returncode, "umount")

    def table(self, bad=None, late=False):
        """Of the device mapper; writing and reading fail in `bad`, (sector, count)."""
        start, count = bad or (self.sectors, 0)
        end = start + count
        # As linear, but without WRITE_ZEROES, which a loop device on tmpfs promises and cannot do.
        parts = [(0, start, f"flakey {self.loop} 0 1 0")]
        if count:
            parts += [(start, count, f"delay /dev/mapper/{self.name}-bad 0 {DELAY_MS}" if late
                       else "error"),
                      (end, self.sectors - end, f"flakey {self.loop} {end} 1 0")]
        return "".join(f"{at} {n} {what}\n" for at, n, what in parts if n)

    def fail(self, bad=None, late=False):
        """From now on, until it is called without `bad`; (0, sectors) is all of it.

        late: not before others have been written."""
        if bad == self.bad:
            return
        self.bad = bad
        dmsetup("reload", self.name, table=self.table(bad, late))
        # The file system is to be frozen neither by us nor for long.
        dmsetup("suspend", "--nolockfs", self.name)
        dmsetup("resume", self.name)

    def sector(self, path, offset):
        """Where a byte of a file stands on the disk."""
        block = os.statvfs(path).f_bsize
        for line in run("filefrag", "-v", "-s", path).splitlines():
            found = re.match(r" *\d+: +(\d+)\.\. +(\d+): +(\d+)\.\.", line)
            if found:
                first, last, physical = map(int, found.groups())
                if first <= offset // block <= last:
                    return (physical + offset // block - first) * (block // SECTOR)
        raise AssertionError(f"{path} has no block at {offset}")

    def close(self):
        self.umount()
        dmsetup("remove", "--retry", self.name)
        dmsetup("remove", "--retry", f"{self.name}-bad")
        run("losetup", "--detach", self.loop)
