# SPDX-License-Identifier: GPL-2.0-only
"""Where ftp get writes to, and what it leaves there."""

import os
import signal
import stat
import subprocess

import pytest

from command import environment, get, knetctl
from wait import PATIENCE, until

CONTENT = bytes(range(256)) * 2000
HALF = len(CONTENT) // 2
OLD = b"the old one"


@pytest.fixture
def server(scripted):
    return scripted(files={"f": CONTENT, "dir/name": CONTENT, "sp ace": CONTENT, "-": CONTENT})


@pytest.fixture
def inside(directory, monkeypatch):
    monkeypatch.chdir(directory)
    return directory


def listing(directory):
    return sorted(os.listdir(directory))


# --- names ---------------------------------------------------------------------

def test_new_file(server, inside):
    get(server.url(), "new").ok()
    assert (inside / "new").read_bytes() == CONTENT
    assert stat.S_IMODE(os.stat("new").st_mode) == 0o666 & ~umask()


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("url, name", [("f", "f"), ("dir/name", "name"), ("sp%20ace", "sp ace"),
                                       ("%66", "f"), ("f;type=i", "f")])
def test_named_after_the_url(server, inside, url, name):
    get(server.url(url)).ok()
    assert listing(inside) == [name]


def test_absolute_path(scripted, inside):
    server = scripted(files={"/etc/f": CONTENT})
    get(server.url("%2Fetc/f")).ok()
    assert listing(inside) == ["f"]
    assert ("RETR", "/etc/f") in server.commands


@pytest.mark.parametrize("where", ["sub", "sub/", "./sub", "sub/.", "link"])
def test_into_a_directory(server, inside, where):
    os.mkdir("sub")
    os.symlink("sub", "link")
    get(server.url("dir/name"), where).ok()
    assert listing(inside / "sub") == ["name"]


def test_directory_that_is_not_there(server, inside):
    got = get(server.url(), "none/f")
    assert got.rc == 1 and got.error["errno"] == "ENOENT"
    got = get(server.url(), "none/")
    assert got.rc == 1 and got.error["errno"] == "ENOENT"
    assert listing(inside) == []


@pytest.mark.parametrize("where, path", [("a/b/c", "a/b/c"), ("a/b/", "a/b/name"),
                                         ("./a//b", "a/b"), ("old/a/b", "old/a/b")])
@pytest.mark.parametrize("option", ["--create-dirs", "--atomic"])
def test_create_dirs(server, inside, where, path, option):
    os.mkdir("old")
    url = server.url("dir/name")
    assert get(url, where).rc == 1 and listing(inside) == ["old"]
    get(url, os.path.join(inside, where), "--create-dirs", option).ok()
    assert (inside / path).read_bytes() == CONTENT
    assert get(url, where, "--create-dirs").rc == 1


def test_create_dirs_in_a_file(server, inside):
    (inside / "f").write_bytes(OLD)
    got = get(server.url(), "f/a/b", "--create-dirs")
    assert got.rc == 1 and got.error["errno"] == "ENOTDIR" and "f/a" in got.error["message"]
    assert listing(inside) == ["f"] and server.commands == []


def test_symbolic_link_to_a_file(server, inside):
    (inside / "old").write_bytes(OLD)
    os.symlink("old", "link")
    assert get(server.url(), "link").rc == 1
    assert (inside / "old").read_bytes() == OLD
    get(server.url(), "link", "--force").ok()
    assert os.path.islink("link") and (inside / "old").read_bytes() == CONTENT


def test_dash_is_a_file_with_a_path(server, inside):
    get(server.url(), "./-").ok()
    assert listing(inside) == ["-"]


# --- what is there ------------------------------------------------------------

@pytest.mark.parametrize("args, stream, status", [
    (("-j", "{url}", "f"), 1, 1), (("{url}", "f"), 1, 1), (("{url}", "-"), 1, 1),
    (("--list", "-"), 0, 1), (("{url}", "f"), 2, 0)])
def test_closed_stream(server, inside, args, stream, status):
    """Nothing that is opened later takes its place: neither a socket nor the file."""
    words = [a.format(url=server.url()) for a in args]
    options = [a for a in words if a == "-j"]
    words = [a for a in words if a != "-j"]
    got = subprocess.run(["sh", "-c", f'exec {stream}>&- knetctl "$@"', "sh", *options, "ftp",
                          "get", *words], env=environment(), stdin=subprocess.DEVNULL,
                         capture_output=True, timeout=PATIENCE, check=False)
    assert got.returncode == status, got
    assert bool(status) == (b"Bad file descriptor" in got.stderr)
    for name in listing(inside):
        assert (inside / name).read_bytes() == CONTENT


def test_existing_is_refused(server, inside):
    (inside / "f").write_bytes(OLD)
    got = get(server.url(), "f")
    assert got.rc == 1 and got.error["errno"] == "EEXIST" and "f exists" in got.error["message"]
    got = knetctl("ftp", "get", server.url(), "f")
    assert "--resume" in got.err and "--force" in got.err
    assert (inside / "f").read_bytes() == OLD and server.commands == []


def test_force(server, inside):
    (inside / "f").write_bytes(OLD)
    os.chmod("f", 0o640)
    os.chown("f", 1234, 4321)
    get(server.url(), "f", "--force").ok()
    assert (inside / "f").read_bytes() == CONTENT
    now = os.stat("f")
    assert (stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid) == (0o640, 1234, 4321)
    assert listing(inside) == ["f"]
    get(server.url(), "g", "--force").ok()
    assert (inside / "g").read_bytes() == CONTENT


@pytest.mark.parametrize("behaviour", ["retr-permanent", "data-short", "data-resets"])
@pytest.mark.parametrize("option", ["--force", "--atomic"])
def test_old_one_survives_a_failure(scripted, inside, behaviour, option):
    server = scripted(behaviour, files={"f": CONTENT})
    (inside / "f").write_bytes(OLD)
    assert get(server.url(), "f", option).rc == 1
    assert (inside / "f").read_bytes() == OLD
    assert listing(inside) == ["f"]


def test_atomic(scripted, background, inside):
    """Nobody sees a part under the name."""
    server = scripted("data-stalls", files={"f": CONTENT})
    running = background("ftp", "get", "--atomic", server.url(), "f")
    server.await_stall()
    temporary, = listing(inside)
    assert temporary.startswith(".f.") and len(temporary) == len(".f.XXXXXX")
    server.gate.set()
    running.wait().ok()
    assert listing(inside) == ["f"] and (inside / "f").read_bytes() == CONTENT
    assert stat.S_IMODE(os.stat("f").st_mode) == 0o666 & ~umask()


def test_atomic_cancelled(scripted, background, inside):
    server = scripted("data-stalls", files={"f": CONTENT})
    running = background("ftp", "get", "--atomic", server.url(), "f")
    server.await_stall()
    running.signal(signal.SIGINT)
    assert running.wait().rc == 5
    assert listing(inside) == []


def test_fsync(server, inside):
    get(server.url(), "f", "--fsync").ok()
    get(server.url(), "f", "--fsync", "--force").ok()
    assert (inside / "f").read_bytes() == CONTENT


# --- what is left -------------------------------------------------------------

def test_failed_before_any_byte(scripted, inside):
    server = scripted("retr-permanent", files={"f": CONTENT})
    assert get(server.url(), "f").rc == 1
    assert listing(inside) == []


def test_failed_later(scripted, inside):
    server = scripted("data-short", files={"f": CONTENT})
    got = knetctl("ftp", "get", server.url(), "f")
    assert got.rc == 1 and (inside / "f").read_bytes() == CONTENT[:HALF]
    assert "hint: f has the first 250.0k of 500.0k; --resume gets the rest" in got.err


def test_empty(scripted, inside):
    server = scripted(files={"f": b""})
    got = get(server.url(), "f").ok().json
    assert got["bytes"] == got["size"] == 0 and os.path.getsize("f") == 0


def test_only_our_own_file_is_removed(scripted, background, inside):
    """Somebody has put another file under the name meanwhile."""
    server = scripted("user-silent", files={"f": CONTENT})
    running = background("ftp", "get", server.url(), "f")
    server.await_command("USER")
    os.unlink("f")
    (inside / "f").write_bytes(b"")
    running.signal(signal.SIGINT)
    running.wait()
    assert listing(inside) == ["f"]


# --- resume -------------------------------------------------------------------

def test_resume(server, inside):
    (inside / "f").write_bytes(CONTENT[:1001])
    got = get(server.url(), "f", "--resume").ok().json
    assert got["bytes"] == len(CONTENT) - 1001 and got["size"] == len(CONTENT)
    assert (inside / "f").read_bytes() == CONTENT
    assert ("REST", "1001") in server.commands


def test_resume_without_a_file(server, inside):
    assert get(server.url(), "f", "--resume").ok().json["bytes"] == len(CONTENT)
    assert (inside / "f").read_bytes() == CONTENT


def test_resume_of_an_empty_file(server, inside):
    (inside / "f").write_bytes(b"")
    assert get(server.url(), "f", "--resume").ok().json["bytes"] == len(CONTENT)
    assert (inside / "f").read_bytes() == CONTENT


def test_resume_of_a_whole_file(server, inside):
    (inside / "f").write_bytes(CONTENT)
    before = os.stat("f").st_mtime_ns
    assert get(server.url(), "f", "--resume").ok().json["bytes"] == 0
    assert "RETR" not in server.verbs() and os.stat("f").st_mtime_ns == before
    got = knetctl("ftp", "get", "--resume", server.url(), "f").ok()
    assert "was whole already" in got.out


def test_resume_of_a_larger_file(server, inside):
    (inside / "f").write_bytes(CONTENT + b"!")
    got = get(server.url(), "f", "--resume")
    assert got.rc == 1 and "beyond the end" in got.error["message"]
    assert (inside / "f").read_bytes() == CONTENT + b"!" and "RETR" not in server.verbs()


@pytest.mark.parametrize("behaviour", ["size-refused", "rest-refused"])
def test_resume_refused(scripted, inside, behaviour):
    server = scripted(behaviour, files={"f": CONTENT})
    (inside / "f").write_bytes(CONTENT[:7])
    got = get(server.url(), "f", "--resume")
    assert got.rc == 1 and got.error["ftp_code"] == 502
    assert (inside / "f").read_bytes() == CONTENT[:7]


def test_resume_after_a_reset(scripted, inside):
    """What a broken transfer left is a good beginning."""
    broken = scripted("data-resets", files={"f": CONTENT})
    assert get(broken.url(), "f").rc == 1
    size = os.path.getsize("f")
    whole = scripted(files={"f": CONTENT})
    assert get(whole.url(), "f", "--resume").ok().json["bytes"] == len(CONTENT) - size
    assert (inside / "f").read_bytes() == CONTENT


def test_resume_does_not_cut(scripted, inside):
    """A server that sends less than it said leaves the file's beginning as it is."""
    server = scripted("data-short", files={"f": CONTENT})
    (inside / "f").write_bytes(CONTENT[:HALF + 5])
    got = get(server.url(), "f", "--resume")
    assert got.rc == 1
    until(lambda: (inside / "f").read_bytes() == CONTENT[:HALF + 5], "the file as it was")


@pytest.mark.parametrize("way", ["wait", "detached"])
def test_resume_of_a_file_that_is_being_written(scripted, background, inside, way):
    """The two would mix what they get, and both call it a success."""
    server = scripted("data-stalls", files={"f": CONTENT, "g": CONTENT[::-1] * 2})
    running = background("ftp", "get", server.url(), "f") if way == "wait" else None
    if not running:
        ident = knetctl("-j", "ftp", "get", "--no-wait", server.url(), "f").ok().json["id"]
    server.await_stall()
    got = get(server.url("g"), "f", "--resume")
    assert got.rc == 1 and got.error["errno"] == "EBUSY"
    if running:
        running.signal(signal.SIGINT)
        assert running.wait().rc == 5
    else:
        knetctl("job", "cancel", ident).ok()
        until(lambda: knetctl("-j", "job", "show", ident).ok().json["state"] == "cancelled", "the end")
    server.gate.set()
