# SPDX-License-Identifier: GPL-2.0-only
"""Disks that are full, limited or broken: class local, and the true length."""

import os
import pathlib

import pytest

import ftpserver
from command import knetctl, show
from disk import Disk, run
from ftpscript import GATE, PLAIN, parts
from wait import until

CONTENT = bytes(range(256)) * 16000
SIZE = len(CONTENT)
MOUNTED = pathlib.Path("/mnt")
# Who may drive the module, but is no root, whom quotas do not bind
SOMEBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
            "--inh-caps=+net_admin", "--ambient-caps=+net_admin")


@pytest.fixture
def disk():
    """disk(kind, *options): a disk, mounted with them where everybody may enter."""
    disks = []

    def make(kind, *options):
        disks.append(Disk(kind, MOUNTED, *options))
        os.chmod(MOUNTED, 0o777)
        return disks[-1]
    yield make
    for one in disks:
        one.close()


def break_down(disk):
    """From now on nothing can be read or written."""
    disk.fail((0, disk.sectors))


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
    disk(kind)
    with open(MOUNTED / "rest", "wb") as f:
        free = os.statvfs(MOUNTED)
        os.posix_fallocate(f.fileno(), 0, free.f_bavail * free.f_bsize - SIZE // 2)
    target = MOUNTED / "f"
    server = scripted(files={"f": CONTENT})
    got = knetctl("-j", "ftp", "get", server.url(), target)
    failed(got, "ENOSPC", target, "cannot write to the file")
    have = target.read_bytes()
    assert 0 < len(have) < SIZE and CONTENT.startswith(have)
    (MOUNTED / "rest").unlink()
    knetctl("ftp", "get", "--resume", server.url(), target).ok()
    assert target.read_bytes() == CONTENT


def test_quota(scripted, disk):
    disk("xfs", "-o", "uquota")
    run("xfs_quota", "-x", "-c", "limit bhard=1m 65534", MOUNTED)
    target = MOUNTED / "f"
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
    disk("ext4")
    target = MOUNTED / "f"
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
    broken = disk("xfs")
    target = MOUNTED / "f"
    server = scripted("data-stalls", files={"f": CONTENT})
    running = background("-j", "ftp", "get", server.url(), target)
    server.await_stall()
    until(lambda: target.exists() and target.stat().st_size == SIZE // 2, "half of the file")
    break_down(broken)
    os.sync()
    server.gate.set()
    got = running.wait()
    assert got.rc == 1 and got.error["errno"] == "EIO", got
    assert show(got.error["id"])["class"] == "local"
    assert got.error["bytes"] == SIZE // 2


def test_write_error_fsync(scripted, background, disk):
    """All is in memory when the disk fails: only --fsync can tell, and does."""
    broken = disk("ext4")
    server = scripted(files={"f": CONTENT}, replaced=parts(after=[GATE, PLAIN]))
    running = background("-j", "ftp", "get", "--fsync", server.url(), MOUNTED / "f")
    until(lambda: (MOUNTED / "f").exists() and
          (MOUNTED / "f").stat().st_size == SIZE, "all bytes")
    break_down(broken)
    server.gate.set()
    got = running.wait()
    assert got.rc == 1 and got.error["errno"] in ("EIO", "EROFS"), got


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_read_error(store, disk, kind):
    """put: the server must not take what came for the whole."""
    broken = disk(kind)
    source = MOUNTED / "f"
    source.write_bytes(CONTENT)
    os.sync()
    broken.umount()
    broken.mount()
    with open(source, "rb", buffering=0) as f:
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        f.read(SIZE // 2)
    break_down(broken)
    server = store()
    got = knetctl("-j", "ftp", "put", source, server.url())
    assert got.rc == 1 and got.error["errno"] == "EIO", got
    assert "cannot read from the file" in got.error["message"]
    assert show(got.error["id"])["class"] == "local"
    assert 0 < got.error["bytes"] <= SIZE // 2 + (1 << 20)
    server.await_end()
    assert "f" not in server.files
