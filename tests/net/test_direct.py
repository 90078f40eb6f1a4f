# SPDX-License-Identifier: GPL-2.0-only
"""What get writes past the page cache, and what it cannot write so."""

import os
import subprocess

import pytest

from command import get, knetctl, show
from disk import Disk
from libknetctl import Knetctl, KnetctlError
from wait import until

MiB = 1 << 20
LONG = 120			# s, for a large file on a slow machine
BUFFER = MiB // 2		# KNET_DIRECT_BYTES
DIRECT, BUFFERED = 1 << 5, 1 << 6


def content(size):
    """No two pages of it are equal."""
    block = os.urandom(4096)
    pages = (n.to_bytes(8, "little") + block[8:] for n in range(size // 4096 + 1))
    return b"".join(pages)[:size]


LARGE = content(16 * MiB + 12345)
SMALL = content(3 * MiB + 777)


@pytest.fixture(scope="module")
def disks(tmp_path_factory):
    made = {}

    def make(kind):
        if kind not in made:
            made[kind] = Disk(kind, tmp_path_factory.mktemp(kind))
        return made[kind]
    yield make
    for one in made.values():
        one.close()


@pytest.fixture
def disk(request, disks):
    return disks(getattr(request, "param", "ext4"))


BOTH = pytest.mark.parametrize("disk", ["ext4", "xfs"], indirect=True)


@pytest.fixture
def target(disk):
    path = os.path.join(disk.path, "target")
    yield path
    disk.fail()
    if os.path.exists(path):
        os.unlink(path)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def cached(path):
    out = subprocess.run(["fincore", "--bytes", "--noheadings", "--output", "RES", path],
                         check=True, capture_output=True, text=True).stdout
    return int(out)


def failed(got, path, whole, error):
    """It says what is in the file, and that is the beginning of the whole."""
    assert got.rc == 1 and got.error["errno"] == error, got
    assert got.error["bytes"] == os.path.getsize(path)
    assert read(path) == whole[:got.error["bytes"]]
    return got.error["bytes"]


# --- which way -------------------------------------------------------------------

@pytest.mark.parametrize("disk, options, path", [
    ("ext4", [], "direct"), ("xfs", [], "direct"), ("ext4", ["--buffered"], "buffered"),
    ("ext4", ["--rate", "1G"], "direct")], ids=["ext4", "xfs", "buffered", "rate"],
    indirect=["disk"])
def test_large(scripted, target, options, path):
    server = scripted(files={"f": LARGE})
    got = get(server.url(), target, *options, limit=LONG).ok().json
    assert got["path"] == path and got["bytes"] == len(LARGE)
    # Not in the cache, but for the end of it.
    assert (cached(target) < MiB) == (path == "direct")
    assert read(target) == LARGE


@pytest.mark.parametrize("size, options, path", [
    (len(SMALL), [], "buffered"), (len(SMALL), ["--direct"], "direct"),
    (BUFFER, ["--direct"], "direct"), (4096, ["--direct"], "direct"),
    (4095, ["--direct"], "buffered"), (0, ["--direct"], None)],
    ids=["default", "odd", "buffer", "page", "less", "empty"])
def test_small(scripted, target, size, options, path):
    server = scripted(files={"f": SMALL[:size]})
    got = get(server.url(), target, *options).ok().json
    assert got["path"] == path and got["bytes"] == size
    assert read(target) == SMALL[:size]


def test_size_unknown(scripted, target):
    """Nobody knows that it is large: through the page cache, unless somebody says so."""
    server = scripted("size-refused", files={"f": SMALL})
    assert get(server.url(), target).ok().json["path"] == "buffered"
    assert get(server.url(), target, "--force", "--direct").ok().json["path"] == "direct"
    assert read(target) == SMALL


@pytest.mark.parametrize("disk, start", [
    ("ext4", 1), ("ext4", 4096), ("ext4", BUFFER - 1), ("xfs", MiB + 777),
    ("ext4", len(SMALL) - 1)], ids=str, indirect=["disk"])
def test_resume(scripted, target, start):
    """From any byte on."""
    with open(target, "wb") as f:
        f.write(SMALL[:start])
    server = scripted(files={"f": SMALL})
    got = get(server.url(), target, "--resume", "--direct").ok().json
    assert got["bytes"] == len(SMALL) - start
    assert got["path"] == ("buffered" if start == len(SMALL) - 1 else "direct")
    assert read(target) == SMALL


def test_tmpfs(scripted, directory):
    server = scripted(files={"f": LARGE})
    for options in ([], ["--direct"]):
        got = get(server.url(), directory / "f", "--force", *options, limit=LONG).ok().json
        assert got["path"] == "buffered"
        assert (directory / "f").read_bytes() == LARGE


@pytest.mark.parametrize("upper, path", [("tmpfs", "buffered"), ("disk", "direct")])
def test_overlayfs(scripted, disk, directory, upper, path):
    """It says of itself that it can, and finds out at the first write."""
    subprocess.run(["modprobe", "overlay"], check=False, capture_output=True)
    base = directory if upper == "tmpfs" else disk.path
    parts = {name: os.path.join(base, name) for name in ("lower", "upper", "work", "merged")}
    for part in parts.values():
        os.mkdir(part)
    options = "lowerdir={lower},upperdir={upper},workdir={work}".format(**parts)
    subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", parts["merged"]],
                   check=True)
    try:
        server = scripted(files={"f": SMALL})
        got = get(server.url(), parts["merged"] + "/f", "--direct").ok().json
        assert got["path"] in (path, "direct" if upper == "tmpfs" and modern() else path)
        assert read(parts["merged"] + "/f") == SMALL
    finally:
        subprocess.run(["umount", parts["merged"]], check=True)
        subprocess.run(["rm", "-rf", *parts.values()], check=True)


def modern():
    """From 6.6 on tmpfs takes direct writes and does them in its own way."""
    return tuple(map(int, os.uname().release.split("-")[0].split(".")[:2])) >= (6, 6)


# --- what ends it ------------------------------------------------------------------

@BOTH
def test_no_space(scripted, disk, target):
    filler = os.path.join(disk.path, "filler")
    free = os.statvfs(disk.path)
    with open(filler, "wb") as f:
        os.posix_fallocate(f.fileno(), 0, free.f_bavail * free.f_frsize - 2 * MiB)
    try:
        server = scripted(files={"f": LARGE})
        moved = failed(get(server.url(), target, limit=LONG), target, LARGE, "ENOSPC")
        assert 0 < moved < 4 * MiB
        server.await_end()
    finally:
        os.unlink(filler)


def test_limit_of_size(scripted, target):
    server = scripted(files={"f": SMALL})
    got = get(server.url(), target, "--direct", prefix=["prlimit", f"--fsize={MiB + 5}"])
    assert failed(got, target, SMALL, "EFBIG") == MiB + 5


def before(bad, moved):
    """Buffers are written whole. Where data come slowly one is written before it is full, and
    the next begins anywhere."""
    return bad - BUFFER < moved <= bad


@BOTH
def test_bad_disk(scripted, disk, target):
    """A part of the disk fails: all before it is there, and nothing after it."""
    bad = MiB + BUFFER
    with open(target, "wb") as f:
        subprocess.run(["fallocate", "--keep-size", "--length", str(len(SMALL)), target],
                       check=True)
        os.fsync(f.fileno())
    disk.fail((disk.sector(target, bad), 8), late=True)
    server = scripted(files={"f": SMALL})
    got = get(server.url(), target, "--resume", "--direct")
    assert before(bad, failed(got, target, SMALL, "EIO"))


@BOTH
@pytest.mark.parametrize("bad", [None, MiB + 4096], ids=["good", "bad"])
def test_overwrite(scripted, disk, target, bad):
    """A file that is there already: several writes are under way, and it keeps its size."""
    old = content(len(SMALL) + 5 * MiB)
    with open(target, "wb") as f:
        f.write(old)
        os.fsync(f.fileno())
    if bad:
        disk.fail((disk.sector(target, bad), 8), late=True)
    server = scripted(files={"f": SMALL})
    with Knetctl() as handle, open(target, "r+b") as f:
        job = handle.job_wait(handle.ftp_get(server.url(), f.fileno(), flags=DIRECT))
    if not bad:
        assert (job.state_name, job.path_name, job.bytes) == ("done", "direct", len(SMALL))
        assert read(target) == SMALL + old[len(SMALL):]
        return
    assert (job.state_name, job.errno_name) == ("failed", "EIO") and before(bad, job.bytes)
    disk.fail()
    assert os.path.getsize(target) == len(old)
    assert read(target)[:job.bytes] == SMALL[:job.bytes]
    assert read(target)[len(SMALL):] == old[len(SMALL):]


@pytest.mark.parametrize("behaviour", ["data-resets", "control-dies", "data-short"])
def test_broken_off(scripted, target, behaviour):
    """All that came is in the file."""
    server = scripted(behaviour, files={"f": SMALL})
    got = get(server.url(), target, "--direct")
    error = got.error["errno"]
    moved = failed(got, target, SMALL, error)
    assert moved == len(SMALL) // 2 or behaviour == "control-dies"


def test_too_long(scripted, target):
    server = scripted("data-long", files={"f": SMALL})
    assert failed(get(server.url(), target, "--direct"), target, SMALL, "EFBIG") == len(SMALL)


def test_stall_and_cancel(scripted, target):
    """What waits for more is written soon; a cancel leaves what came."""
    server = scripted("data-stalls", files={"f": SMALL})
    ident = get(server.url(), target, "--direct", "--no-wait").ok().json["id"]
    until(lambda: show(ident)["bytes"] == len(SMALL) // 2, "half of it")
    knetctl("job", "cancel", ident).ok()
    job = until(lambda: (job := show(ident))["state"] == "cancelled" and job, "its end")
    assert job["path"] == "direct"
    assert read(target) == SMALL[:len(SMALL) // 2]


def test_stall_and_go_on(scripted, target):
    """Behind bytes that were written early blocks are whole again."""
    server = scripted("data-stalls", files={"f": SMALL})
    ident = get(server.url(), target, "--direct", "--no-wait").ok().json["id"]
    until(lambda: show(ident)["bytes"] == len(SMALL) // 2, "half of it")
    server.gate.set()
    until(lambda: show(ident)["state"] == "done", "its end")
    assert read(target) == SMALL


def test_cancel_while_it_flows(scripted, target):
    server = scripted("data-for-ever", "size-refused", files={"f": b""})
    ident = get(server.url(), target, "--direct", "--no-wait").ok().json["id"]
    until(lambda: show(ident)["bytes"] > MiB, "bytes")
    knetctl("job", "cancel", ident).ok()
    job = until(lambda: (job := show(ident))["state"] == "cancelled" and job, "its end")
    assert job["bytes"] == os.path.getsize(target)


# --- who asks badly ------------------------------------------------------------------

def test_usage(world, directory):
    got = get("ftp://127.0.0.1/f", directory / "f", "--direct", "--buffered")
    assert got.rc == 2 and "exclude each other" in got.error["message"]


def test_protocol(scripted, directory):
    server = scripted(files={"f": b""})
    with Knetctl() as handle, open(directory / "f", "wb") as f:
        with pytest.raises(KnetctlError) as caught:
            handle.ftp_get(server.url(), f.fileno(), flags=DIRECT | BUFFERED)
        assert caught.value.name == "EINVAL" and "exclude each other" in str(caught.value)
