# SPDX-License-Identifier: GPL-2.0-only
"""ftp get: what arrives is what was there."""

import filecmp
import os
import subprocess

import pytest

from command import get, knetctl
from vsftpd import PASSWORD, USER
from world import CLIENT4, CLIENT6, SERVER4, SERVER6

MiB = 1 << 20
GiB = 1 << 30

SIZES = {"empty": 0, "one": 1, "odd": 65535, "big": 64 * MiB}
WAYS = {
    "passive4": (SERVER4, ["--passive"]),
    "passive6": (f"[{SERVER6}]", ["--passive"]),
    "active4": (SERVER4, ["--active", "--source", CLIENT4]),
    "active6": (f"[{SERVER6}]", ["--active", "--source", CLIENT6]),
}


@pytest.fixture(scope="module")
def files(vsftpd):
    for name, size in SIZES.items():
        with open("/dev/urandom", "rb") as random, open(vsftpd.path(name), "wb") as f:
            for _ in range(0, size, MiB):
                f.write(random.read(min(size, MiB)))
    yield vsftpd
    for name in SIZES:
        os.unlink(vsftpd.path(name))


@pytest.fixture
def password(directory):
    path = directory / "password"
    path.write_text(PASSWORD + "\n")
    return path


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SIZES)
def test_bytes(files, directory, password, name, way):
    host, options = WAYS[way]
    target = directory / "target"
    url = f"ftp://{USER}@{host}/{name}"
    got = get(url, target, "--password-file", password, *options).ok().json
    assert got["state"] == "done" and got["kind"] == "ftp-get"
    assert got["bytes"] == got["size"] == SIZES[name]
    assert got["path"] == ("buffered" if SIZES[name] else None)
    assert got["remote"]["address"] == host.strip("[]") and got["remote"]["port"] == 21
    assert got["local"]["address"] == (CLIENT6 if ":" in host else CLIENT4)
    assert filecmp.cmp(files.path(name), target, shallow=False)


def test_article(files, directory):
    """The dialogue of the article: USER, PASS, TYPE I, PORT, RETR."""
    target = directory / "target"
    got = get(f"ftp://{USER}:{PASSWORD}@{SERVER4}/odd", target, "--active", "--no-extended").ok()
    assert got.json["bytes"] == SIZES["odd"] and got.json["size"] is None
    assert filecmp.cmp(files.path("odd"), target, shallow=False)


def test_anonymous(files, directory):
    knetctl("ftp", "get", f"ftp://{SERVER4}/odd", directory / "target").ok()
    assert filecmp.cmp(files.path("odd"), directory / "target", shallow=False)


def test_said(files, directory):
    """What the command says to people: one line, and nothing on a pipe's stderr."""
    target = directory / "target"
    got = knetctl("ftp", "get", f"ftp://{SERVER4}/odd", target).ok()
    assert got.out.startswith(f"{target}: 64.0k in ") and got.out.count("\n") == 1
    assert got.err == ""
    got = knetctl("-q", "ftp", "get", "--force", f"ftp://{SERVER4}/odd", target).ok()
    assert (got.out, got.err) == ("", "")


def test_one_session_for_many(files, directory):
    """A second file of the same login needs no second login."""
    ports = set()
    for number in range(3):
        got = get(f"ftp://{SERVER4}/one", directory / str(number)).ok().json
        ports.add(got["local"]["port"])
    assert len(ports) == 1


# --- dialects, with the scripted server ------------------------------------

CONTENT = bytes(range(256)) * 300 + b"tail"


def check(server, directory, *options):
    target = directory / "target"
    got = get(server.url(), target, *options).ok().json
    assert target.read_bytes() == CONTENT
    return got


@pytest.mark.parametrize("behaviours, options, verbs", [
    ([], [], ["TYPE", "SIZE", "EPSV", "RETR"]),
    (["epsv-refused"], [], ["TYPE", "SIZE", "EPSV", "PASV", "RETR"]),
    (["epsv-closed-port"], [], ["TYPE", "SIZE", "EPSV", "PASV", "RETR"]),
    (["epsv-refused", "pasv-elsewhere"], [], ["TYPE", "SIZE", "EPSV", "PASV", "RETR"]),
    ([], ["--active"], ["TYPE", "SIZE", "EPRT", "RETR"]),
    (["eprt-refused"], ["--active"], ["TYPE", "SIZE", "EPRT", "PORT", "RETR"]),
    ([], ["--no-extended"], ["PASV", "TYPE", "RETR"]),
    ([], ["--no-extended", "--active"], ["PORT", "TYPE", "RETR"]),
    (["size-refused"], [], ["TYPE", "SIZE", "EPSV", "RETR"]),
    (["long-login"], [], ["TYPE", "SIZE", "EPSV", "RETR"]),
], ids=lambda v: "-".join(v) or "plain")
def test_dialect(scripted, directory, behaviours, options, verbs):
    server = scripted(*behaviours, files={"f": CONTENT})
    check(server, directory, *options)
    assert [v for v in server.verbs() if v not in ("USER", "PASS", "QUIT")] == verbs


def test_no_password_wanted(scripted, directory):
    server = scripted("no-password-wanted", files={"f": CONTENT})
    check(server, directory)
    assert "PASS" not in server.verbs()


def test_trickle(scripted, directory):
    """Bytes that come one by one are all taken, and soon."""
    server = scripted("data-trickles", files={"f": b"slow but sure"})
    get(server.url(), directory / "target").ok()
    assert (directory / "target").read_bytes() == b"slow but sure"


def test_urgent(scripted, directory):
    """An urgent byte neither stops the transfer nor gets into the file."""
    server = scripted("data-urgent", files={"f": CONTENT})
    check(server, directory)


def test_port_range(scripted, directory):
    server = scripted(files={"f": CONTENT})
    check(server, directory, "--active", "--port-range", "31000-31001")
    ports = [int(arg.split("|")[3]) for verb, arg in server.commands if verb == "EPRT"]
    assert ports and set(ports) <= {31000, 31001}


def test_session_ends_when_idle(scripted, directory):
    """It says goodbye after the idle time, by itself."""
    server = scripted(files={"f": CONTENT})
    check(server, directory)
    server.await_command("QUIT")
    server.await_end()


# --- beyond 4 GiB ------------------------------------------------------------

HUGE = 5 * GiB
RESUME_AT = 4 * GiB - 64 * MiB
NEAR_END = HUGE - 2 * MiB
MARKS = (0, 4096, 2 * GiB - 7, 2 * GiB, RESUME_AT, 4 * GiB - 8, 4 * GiB, 4 * GiB + 12345,
         NEAR_END, NEAR_END + 4097, HUGE - 8)


@pytest.fixture(scope="module")
def huge(vsftpd):
    """5 GiB, sparse but for marks at the places where numbers overflow."""
    path = vsftpd.path("huge")
    with open(path, "wb") as f:
        f.truncate(HUGE)
        for mark in MARKS:
            os.pwrite(f.fileno(), mark.to_bytes(8, "little"), mark)
    yield vsftpd
    os.unlink(path)


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """ext4 on a compressed RAM disk: a page of zeros takes no memory there."""
    if subprocess.run(["modprobe", "zram"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel has no zram")
    mount = tmp_path_factory.mktemp("disk")
    with open("/sys/block/zram0/disksize", "w") as f:
        f.write(str(6 * GiB))
    subprocess.run(["mkfs.ext4", "-q", "-E", "nodiscard,lazy_itable_init=1", "-O", "^has_journal",
                    "/dev/zram0"], check=True)
    subprocess.run(["mount", "/dev/zram0", mount], check=True)
    yield mount
    subprocess.run(["umount", mount], check=True)
    with open("/sys/block/zram0/reset", "w") as f:
        f.write("1")


def verify(path, start):
    """All of it from @start: zeros but for the marks."""
    block = 4 * MiB
    zeros = bytes(block)
    with open(path, "rb") as f:
        assert os.fstat(f.fileno()).st_size == HUGE
        for at in range(start, HUGE, block):
            size = min(block, HUGE - at)
            data = bytearray(os.pread(f.fileno(), size, at))
            for mark in MARKS:
                if at - 8 < mark < at + size and mark >= start:
                    for i, byte in enumerate(mark.to_bytes(8, "little")):
                        if 0 <= mark + i - at < size:
                            assert data[mark + i - at] == byte, f"the mark at {mark}"
                            data[mark + i - at] = 0
            assert data == zeros[:size], f"wrong bytes after {at}"


def resume(target, host, options, start, limit):
    with open(target, "wb") as f:
        f.truncate(start)
    got = get(f"ftp://{host}/huge", target, "--resume", *options, limit=limit).ok().json
    assert got["bytes"] == HUGE - start and got["size"] == HUGE
    verify(target, start)
    target.unlink()


@pytest.mark.parametrize("way", WAYS)
def test_huge_end(huge, directory, way):
    """Sizes and offsets over 4 GiB, without waiting for 4 GiB."""
    resume(directory / way, *WAYS[way], NEAR_END, 60)


def test_huge_is_whole(huge, directory):
    """Equal to SIZE: nothing moves."""
    target = directory / "equal"
    with open(target, "wb") as f:
        f.truncate(HUGE)
    got = get(f"ftp://{SERVER4}/huge", target, "--resume").ok().json
    assert got["bytes"] == 0 and got["size"] == HUGE
    assert target.stat().st_size == HUGE


@pytest.mark.slow
def test_huge(huge, disk):
    target = disk / "whole"
    got = get(f"ftp://{SERVER4}/huge", target, limit=900).ok().json
    assert got["bytes"] == got["size"] == HUGE
    verify(target, 0)
    target.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("way", [w for w in WAYS if w != "passive4"])
def test_huge_tail(huge, disk, way):
    resume(disk / way, *WAYS[way], RESUME_AT, 600)
