# SPDX-License-Identifier: GPL-2.0-only
"""Disks that are full, limited or broken: class local, and the true length."""

import itertools
import os
import pathlib
import subprocess

import pytest

import ftpserver
import module
from command import knetctl, show
from ftpscript import GATE, PLAIN, parts
from wait import until

CONTENT = bytes(range(256)) * 16000
SIZE = len(CONTENT)
# Who may drive the module, but is no root, whom quotas do not bind
SOMEBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
            "--inh-caps=+net_admin", "--ambient-caps=+net_admin")


def sh(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


class Disk:
    """A device-mapper device over a disk in memory; it can be made to fail."""

    SIZE = 320 << 20
    mount = pathlib.Path("/mnt")	# which everybody may enter
    names = itertools.count(1)

    def __init__(self):
        sh("modprobe", "brd", "rd_nr=1", f"rd_size={self.SIZE >> 10}")
        sh("modprobe", "dm-mod")
        until(lambda: os.path.exists("/dev/ram0"), "/dev/ram0")
        self.name = f"knetctl{next(self.names)}"
        self.dm("create", self.name, "--table", self.table("linear /dev/ram0 0"))
        # Nobody makes links to it here.
        self.path = "/dev/" + sh("dmsetup", "info", "-c", "--noheadings", "-o", "blkdevname",
                                 self.name)

    def table(self, target):
        return f"0 {self.SIZE // 512} {target}"

    def dm(self, *args):
        sh("dmsetup", "--noudevrules", "--noudevsync", *args)

    def format(self, kind, *options):
        quiet = {"ext4": ["-q", "-F", "-m0", "-E", "nodiscard,lazy_itable_init=1"],
                 "xfs": ["-q", "-f", "-K"]}[kind]
        sh(f"mkfs.{kind}", *quiet, self.path)
        sh("mount", *options, self.path, self.mount)
        os.chmod(self.mount, 0o777)

    def fail(self):
        """From now on nothing can be read or written."""
        self.dm("suspend", "--nolockfs", self.name)
        self.dm("load", self.name, "--table", self.table("error"))
        self.dm("resume", self.name)

    def mounted(self):
        with open("/proc/mounts") as f:
            return any(line.startswith(self.path + " ") for line in f)

    def close(self):
        until(lambda: not self.mounted() or
              not subprocess.run(["umount", self.mount], check=False).returncode, "umount")
        self.dm("remove", "--retry", self.name)
        module.unload_other("brd")


@pytest.fixture
def disk():
    disk = Disk()
    yield disk
    disk.close()


def failed(got, errno, path, words):
    """It says so, and how much is there."""
    assert got.rc == 1, got
    error = got.error
    job = show(error["id"])
    assert (error["errno"], job["class"]) == (errno, "local"), job
    assert words in error["message"]
    assert error["bytes"] == os.path.getsize(path)
    return error


# --- full -----------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_full(scripted, disk, kind):
    disk.format(kind)
    with open(disk.mount / "rest", "wb") as f:
        free = os.statvfs(disk.mount)
        os.posix_fallocate(f.fileno(), 0, free.f_bavail * free.f_bsize - SIZE // 2)
    target = disk.mount / "f"
    server = scripted(files={"f": CONTENT})
    got = knetctl("-j", "ftp", "get", server.url(), target)
    failed(got, "ENOSPC", target, "cannot write to the file")
    have = target.read_bytes()
    assert 0 < len(have) < SIZE and CONTENT.startswith(have)
    (disk.mount / "rest").unlink()
    knetctl("ftp", "get", "--resume", server.url(), target).ok()
    assert target.read_bytes() == CONTENT


def test_quota(scripted, disk):
    disk.format("xfs", "-o", "uquota")
    sh("xfs_quota", "-x", "-c", "limit bhard=1m 65534", disk.mount)
    target = disk.mount / "f"
    got = knetctl("-j", "ftp", "get", scripted(files={"f": CONTENT}).url(), target,
                  prefix=SOMEBODY)
    failed(got, "EDQUOT", target, "cannot write to the file")
    have = target.read_bytes()
    assert 0 < len(have) <= 1 << 20 and CONTENT.startswith(have)


def largest(f):
    """What a file may have, by trying."""
    low, high = 0, 1 << 62
    while low < high:
        middle = (low + high + 1) // 2
        try:
            f.truncate(middle)
            low = middle
        except OSError:
            high = middle - 1
    return low


def test_largest_file(scripted, disk):
    """The file system's own limit, reached by a resume near it."""
    disk.format("ext4")
    target = disk.mount / "f"
    with open(target, "wb") as f:
        near = largest(f) - 1000
        f.truncate(near)
    server = scripted(files={"f": ftpserver.Zeros(near + 6000)})
    got = knetctl("-j", "ftp", "get", "--resume", server.url(), target)
    assert got.rc == 1 and got.error["errno"] == "EFBIG", got
    assert show(got.error["id"])["class"] == "local"
    assert got.error["bytes"] == 1000 == target.stat().st_size - near


# --- broken ---------------------------------------------------------------------

def test_write_error(scripted, background, disk):
    """The disk fails in the middle; the file system notices at the latest when it syncs."""
    disk.format("xfs")
    target = disk.mount / "f"
    server = scripted("data-stalls", files={"f": CONTENT})
    running = background("-j", "ftp", "get", server.url(), target)
    server.await_stall()
    until(lambda: target.exists() and target.stat().st_size == SIZE // 2, "half of the file")
    disk.fail()
    os.sync()
    server.gate.set()
    got = running.wait()
    assert got.rc == 1 and got.error["errno"] == "EIO", got
    assert show(got.error["id"])["class"] == "local"
    assert got.error["bytes"] == SIZE // 2


def test_write_error_fsync(scripted, background, disk):
    """All is in memory when the disk fails: only --fsync can tell, and does."""
    disk.format("ext4")
    server = scripted(files={"f": CONTENT}, replaced=parts(after=[GATE, PLAIN]))
    running = background("-j", "ftp", "get", "--fsync", server.url(), disk.mount / "f")
    until(lambda: (disk.mount / "f").exists() and
          (disk.mount / "f").stat().st_size == SIZE, "all bytes")
    disk.fail()
    server.gate.set()
    got = running.wait()
    assert got.rc == 1 and got.error["errno"] in ("EIO", "EROFS"), got


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_read_error(store, disk, kind):
    """put: the server must not take what came for the whole."""
    disk.format(kind)
    source = disk.mount / "f"
    source.write_bytes(CONTENT)
    os.sync()
    sh("umount", disk.mount)
    sh("mount", disk.path, disk.mount)
    with open(source, "rb", buffering=0) as f:
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        f.read(SIZE // 2)
    disk.fail()
    server = store()
    got = knetctl("-j", "ftp", "put", source, server.url())
    assert got.rc == 1 and got.error["errno"] == "EIO", got
    assert "cannot read from the file" in got.error["message"]
    assert show(got.error["id"])["class"] == "local"
    assert 0 < got.error["bytes"] <= SIZE // 2 + (1 << 20)
    server.await_end()
    assert "f" not in server.files
