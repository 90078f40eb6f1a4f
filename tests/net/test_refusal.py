# SPDX-License-Identifier: GPL-2.0-only
"""Every row of the table of errors in knetctl(8): status, words, and what is left behind."""

import os
import shutil
import signal
import socket
import subprocess

import pytest

import module
from command import get, knetctl, show
from vsftpd import USER
from wait import until
from world import SERVER4

CONTENT = bytes(range(256)) * 4000
HALF = len(CONTENT) // 2
# Nobody is there: the packets go nowhere.
NOWHERE = "192.0.2.1"
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
NO_NET_ADMIN = ("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin")


def refused(got, rc, errno, words, left=None):
    """The status, the errno, part of the text; and the FILE that is left, or none."""
    assert got.rc == rc, got
    assert got.out == "", got
    error = got.error
    assert error["errno"] == errno, error
    assert words in error["message"], error
    assert set(error) in ({"errno", "message", "attribute"},
                          {"errno", "message", "attribute", "id", "bytes", "ftp_code", "hint"})
    if left is not None:
        assert not os.path.exists(left), "a FILE of nothing is left"
    return error


# --- the module ---------------------------------------------------------------

@pytest.mark.module
def test_no_module(world, directory):
    target = directory / "f"
    module.unload()
    try:
        for args in (["status"], ["job", "list"], ["monitor", "--for", "1"],
                     ["ftp", "get", f"ftp://{SERVER4}/f", target]):
            got = knetctl("-j", *args)
            refused(got, 3, "ENOENT", "modprobe knetctl", target)
        assert not module.is_loaded(), "nobody asked for it to be loaded"
    finally:
        module.load()
    assert knetctl("status").rc == 0


# --- who may ------------------------------------------------------------------

@pytest.mark.parametrize("prefix", [AS_NOBODY, NO_NET_ADMIN], ids=["nobody", "root-without"])
@pytest.mark.parametrize("args", [
    ["status"], ["job", "list"], ["job", "show", "1"], ["job", "wait", "1"],
    ["job", "cancel", "1"], ["monitor", "--for", "1"],
    ["ftp", "get", f"ftp://{SERVER4}/f", "/tmp/refused"],
], ids=" ".join)
def test_no_capability(world, prefix, args):
    got = knetctl("-j", *args, prefix=prefix)
    refused(got, 1, "EPERM", "CAP_NET_ADMIN", "/tmp/refused")


def test_root_of_a_container(world):
    """CAP_NET_ADMIN in another user namespace than the first is not enough."""
    got = knetctl("-j", "status", prefix=("unshare", "--user", "--map-root-user", "--net"))
    refused(got, 1, "EPERM", "CAP_NET_ADMIN")


# --- names and connections ---------------------------------------------------

def test_unknown_host(world, directory):
    got = get("ftp://no.such.host.invalid/f", directory / "f")
    # Without a name server it cannot be known.
    assert got.error["errno"] in ("ENOENT", "EAGAIN")
    refused(got, 1, got.error["errno"], "no.such.host.invalid", directory / "f")


def test_wrong_family(world, directory):
    got = knetctl("-j", "-6", "ftp", "get", f"ftp://{SERVER4}/f", directory / "f")
    refused(got, 1, "ENOENT", SERVER4, directory / "f")


def test_connection_refused(world, directory):
    got = get(f"ftp://{SERVER4}:1/f", directory / "f")
    error = refused(got, 1, "ECONNREFUSED", "cannot connect to the server: Connection refused",
                    directory / "f")
    assert error["message"].startswith(f"{SERVER4}:1: ")


def test_second_address_is_tried(world, scripted, directory):
    """All addresses of a name, in order."""
    server = scripted(files={"f": CONTENT})
    with open("/etc/hosts", "a") as f:
        f.write(f"10.0.0.1 two.example\n{SERVER4} two.example\n")
    get(f"ftp://two.example:{server.port}/f", directory / "f").ok()
    assert (directory / "f").read_bytes() == CONTENT


def test_source_not_ours(world, scripted, directory):
    server = scripted(files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--source", "10.0.0.77")
    refused(got, 1, "EADDRNOTAVAIL", "source address", directory / "f")
    assert server.commands == []


def test_link_local_without_interface(world, directory):
    got = get("ftp://[fe80::1]/f", directory / "f")
    refused(got, 1, "EINVAL", "needs its interface", directory / "f")


# --- the server says no -------------------------------------------------------

def test_wrong_password(vsftpd, directory):
    got = get(f"ftp://{USER}:wrong@{SERVER4}/f", directory / "f")
    error = refused(got, 1, "EACCES", "the server says 530 Login incorrect.", directory / "f")
    assert error["ftp_code"] == 530 and error["bytes"] == 0
    assert "--password-file" in error["hint"]
    assert "wrong" not in got.err


def test_no_such_file(vsftpd, directory):
    got = get(f"ftp://{SERVER4}/none", directory / "f")
    error = refused(got, 1, "EREMOTEIO", "the server says 550 ", directory / "f")
    assert error["ftp_code"] == 550
    job = show(error["id"])
    assert job["class"] == "permanent" and job["state"] == "failed"


@pytest.mark.parametrize("behaviours, errno, ends, words", [
    (["busy"], "EREMOTEIO", "transient", "421 too many users"),
    (["retr-transient"], "EREMOTEIO", "transient", "450 file is busy"),
    (["retr-permanent"], "EREMOTEIO", "permanent", "550 Failed"),
    (["greeting-hangs-up"], "ECONNRESET", "network", "closed the control connection"),
    (["type-resets"], "ECONNRESET", "network", "control connection broke"),
    (["reply-no-code"], "EPROTO", "protocol", ""),
    (["replies-for-ever"], "EPROTO", "protocol", ""),
], ids=lambda v: "-".join(v) if isinstance(v, list) else "")
def test_server(scripted, directory, behaviours, errno, ends, words):
    server = scripted(*behaviours, files={"f": CONTENT})
    error = refused(get(server.url(), directory / "f"), 1, errno, words, directory / "f")
    assert show(error["id"])["class"] == ends


def test_words_of_a_server_are_harmless(scripted, directory):
    """No escape sequence gets to the terminal, and JSON stays UTF-8."""
    server = scripted("retr-escape", files={"f": CONTENT})
    got = knetctl("ftp", "get", server.url(), directory / "f")
    assert got.rc == 1
    assert not any(ord(c) < 0x20 and c != "\n" or 0x7f <= ord(c) < 0xa0 for c in got.err), got
    assert "\\x1b[31mred" in got.err
    refused(get(server.url(), directory / "f"), 1, "EREMOTEIO", "red", directory / "f")


@pytest.mark.parametrize("behaviour, errno, ends, words, left", [
    ("data-short", "ENODATA", "short", "fewer bytes came than SIZE had promised", HALF),
    ("data-long", "EFBIG", "long", "more bytes came than SIZE", len(CONTENT)),
    ("data-resets", "ECONNRESET", "network", "data connection broke", HALF),
])
def test_broken_promise(scripted, directory, behaviour, errno, ends, words, left):
    """An error, and what came stays with its true length."""
    server = scripted(behaviour, files={"f": CONTENT})
    target = directory / "f"
    error = refused(get(server.url(), target), 1, errno, words)
    assert target.read_bytes() == CONTENT[:left]
    assert error["bytes"] == left
    job = show(error["id"])
    assert job["class"] == ends and job["bytes"] == left
    assert "--resume" in error["hint"]


def test_max_size(scripted, directory):
    server = scripted(files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--max-size", "1k")
    refused(got, 1, "EFBIG", "larger than max-size", directory / "f")
    assert "RETR" not in server.verbs()


def test_max_size_unannounced(scripted, directory):
    server = scripted("size-refused", files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--max-size", "1k")
    refused(got, 1, "EFBIG", "max-size")
    assert (directory / "f").stat().st_size <= 1024


# --- the target ---------------------------------------------------------------

@pytest.fixture
def block_device():
    subprocess.run(["modprobe", "brd", "rd_nr=1", "rd_size=1024"], check=True)
    until(lambda: os.path.exists("/dev/ram0"), "/dev/ram0")
    yield "/dev/ram0"
    module.unload_other("brd")


def same(before, path):
    after = os.lstat(path)
    return (before.st_mode, before.st_ino, before.st_rdev, before.st_size) == \
        (after.st_mode, after.st_ino, after.st_rdev, after.st_size)


@pytest.mark.parametrize("options", [[], ["--force"], ["--resume"], ["--atomic"]],
                         ids=lambda o: "".join(o) or "plain")
@pytest.mark.parametrize("kind", ["block", "char", "directory", "socket", "fifo", "link-to-block",
                                  "link-to-nothing", "proc", "sysfs"])
def test_not_regular(request, scripted, directory, kind, options):
    server = scripted(files={"f": CONTENT})
    path = str(directory / "t")
    words, errno = "is not a regular file", "EINVAL"
    if kind in ("block", "link-to-block"):
        device = request.getfixturevalue("block_device")
        if kind == "block":
            path = device
        else:
            os.symlink(device, path)
    elif kind == "char":
        path = "/dev/full"
    elif kind == "directory":
        # A DIR takes the name of the URL: there is a directory by that name, too.
        os.makedirs(path + "/f")
        words, errno = "is a directory", "EISDIR"
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(path)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "link-to-nothing":
        os.symlink("/nonexistent/file", path)
    elif kind == "proc":
        path = "/proc/sys/kernel/core_pattern"
    else:
        path = "/sys/module/knetctl/parameters/max_jobs"
    before = os.lstat(path)
    got = get(server.url(), path, *options)
    if kind in ("proc", "sysfs"):
        # Regular by its mode: not opened over, and by the kernel not written to.
        assert got.rc == 1, got
    elif kind == "link-to-nothing":
        assert got.rc == 1, got
        assert not os.path.exists("/nonexistent")
    else:
        refused(got, 1, errno, words)
    assert same(before, path)
    assert server.commands == [], "the server was bothered with it"
    if kind == "directory":
        assert os.listdir(path) == ["f"] and os.listdir(path + "/f") == []


def test_not_writable(scripted, directory):
    """As a user who has the capability, but no right to the directory or the file."""
    server = scripted(files={"f": CONTENT})
    prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
              "--inh-caps=+net_admin", "--ambient-caps=+net_admin")
    got = get(server.url(), directory / "f", prefix=prefix)
    refused(got, 1, "EACCES", "Permission denied", directory / "f")
    (directory / "f").write_bytes(b"keep")
    for option in ("--resume", "--force", "--atomic"):
        got = get(server.url(), directory / "f", option, prefix=prefix)
        refused(got, 1, "EACCES", "Permission denied")
    assert (directory / "f").read_bytes() == b"keep"
    assert server.commands == []
    # Where it may write it can: the capability alone does the rest.
    os.chmod(directory, 0o777)
    get(server.url(), directory / "g", prefix=prefix).ok()
    assert os.stat(directory / "g").st_uid == 65534


def test_read_only(scripted, tmpfs):
    server = scripted(files={"f": CONTENT})
    subprocess.run(["mount", "-o", "remount,ro", tmpfs], check=True)
    refused(get(server.url(), tmpfs / "f"), 1, "EROFS", "Read-only file system", tmpfs / "f")


@pytest.fixture
def tmpfs(directory):
    path = directory / "small"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path], check=True)
    yield path
    subprocess.run(["umount", path], check=True)
    shutil.rmtree(path)


def test_disk_full(scripted, tmpfs):
    """The truth about what was written."""
    server = scripted(files={"f": CONTENT})
    target = tmpfs / "f"
    error = refused(get(server.url(), target), 1, "ENOSPC", "cannot write to the file")
    size = target.stat().st_size
    assert error["bytes"] == size == 256 * 1024
    assert target.read_bytes() == CONTENT[:size]
    assert show(error["id"])["class"] == "local"
    assert "--resume" in error["hint"]
    # Which helps when there is room.
    subprocess.run(["mount", "-o", "remount,size=4m", tmpfs], check=True)
    got = get(server.url(), target, "--resume").ok().json
    assert got["bytes"] == len(CONTENT) - size
    assert target.read_bytes() == CONTENT


def test_file_size_limit(scripted, directory):
    """RLIMIT_FSIZE of the caller holds for what the kernel writes for it."""
    server = scripted(files={"f": CONTENT})
    got = get(server.url(), directory / "f", prefix=("prlimit", "--fsize=100000"))
    error = refused(got, 1, "EFBIG", "cannot write to the file")
    assert error["bytes"] == (directory / "f").stat().st_size == 100000


# --- cancelled ----------------------------------------------------------------

def half_way(server, background, target, *options):
    running = background("-j", "ftp", "get", *options, server.url(), target)
    server.await_stall()
    until(lambda: os.path.exists(target) and os.path.getsize(target) == HALF, "half of the file")
    return running


def cancelled(running, target):
    got = running.wait()
    error = refused(got, 5, "ECANCELED", "was cancelled")
    assert error["bytes"] == HALF
    assert "--resume" in error["hint"]
    assert target.read_bytes() == CONTENT[:HALF]
    assert show(error["id"])["state"] == "cancelled"


def test_cancelled_by_job_cancel(scripted, background, directory):
    server = scripted("data-stalls", files={"f": CONTENT})
    running = half_way(server, background, directory / "f")
    ident = knetctl("-j", "job", "list", "state", "running").ok().json[0]["id"]
    assert knetctl("-j", "job", "cancel", ident).ok().json == {"id": ident}
    cancelled(running, directory / "f")
    refused(knetctl("-j", "job", "cancel", ident), 1, "EALREADY", "ended")
    refused(knetctl("-j", "job", "cancel", 2 ** 31 - 1), 1, "ENOENT", "no job")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_cancelled_by_signal(scripted, background, directory, number):
    server = scripted("data-stalls", files={"f": CONTENT})
    running = half_way(server, background, directory / "f")
    running.signal(number)
    cancelled(running, directory / "f")


def test_cancelled_before_a_byte(scripted, background, directory):
    """Then no FILE is left."""
    server = scripted("user-silent", files={"f": CONTENT})
    running = background("-j", "ftp", "get", server.url(), directory / "f")
    server.await_command("USER")
    running.signal(signal.SIGINT)
    refused(running.wait(), 5, "ECANCELED", "was cancelled", directory / "f")


# --- timed out ----------------------------------------------------------------

@pytest.fixture
def nowhere(world):
    subprocess.run(["ip", "route", "add", "192.0.2.0/24", "via", "10.0.0.99"], check=True)
    subprocess.run(["ip", "neighbour", "add", "10.0.0.99", "lladdr", "02:00:00:00:00:99", "dev",
                    world.device], check=True)
    yield
    subprocess.run(["ip", "route", "del", "192.0.2.0/24"], check=True)
    subprocess.run(["ip", "neighbour", "del", "10.0.0.99", "dev", world.device], check=True)


def timed_out(got, words, left=None):
    error = refused(got, 5, "ETIMEDOUT", words, left)
    assert show(error["id"])["class"] == "timer"
    return error


def test_connect_timeout(nowhere, directory):
    got = get(f"ftp://{NOWHERE}/f", directory / "f", "--connect-timeout", "0.3")
    timed_out(got, "cannot connect within the connect timeout", directory / "f")


def test_connect_timeout_active(scripted, directory):
    """The server promises a connection and makes none."""
    server = scripted("never-connects", files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--active", "--connect-timeout", "0.5",
              "--reply-timeout", "1")
    assert got.rc == 5, got
    timed_out(got, "", directory / "f")


@pytest.mark.parametrize("behaviour", ["greeting-silent", "greeting-slow", "user-silent",
                                       "epsv-silent", "after-silent"])
def test_reply_timeout(scripted, directory, behaviour):
    server = scripted(behaviour, files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--reply-timeout", "1")
    left = None if behaviour == "after-silent" else directory / "f"
    timed_out(got, "no complete reply within the reply timeout", left)


def test_stall_timeout(scripted, directory):
    server = scripted("data-stalls", files={"f": CONTENT})
    error = timed_out(get(server.url(), directory / "f", "--stall-timeout", "1"),
                      "too few bytes of data within the stall timeout")
    assert error["bytes"] == HALF == (directory / "f").stat().st_size
    assert "--resume" in error["hint"]


def test_stall_bytes(scripted, directory):
    """Bytes come all the time, but too few."""
    server = scripted("data-trickles", files={"f": CONTENT})
    timed_out(get(server.url(), directory / "f", "--stall-timeout", "1", "--stall-bytes", "1M"),
              "too few bytes")


@pytest.mark.parametrize("behaviour", ["data-stalls", "data-trickles", "data-for-ever",
                                       "greeting-slow"])
def test_total_timeout(scripted, directory, behaviour):
    """However busy the server keeps us."""
    behaviours = [behaviour] + (["size-refused"] if behaviour == "data-for-ever" else [])
    server = scripted(*behaviours, files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--timeout", "1", "--max-size", "500M")
    timed_out(got, "not done within the total timeout")


def test_connect_total_timeout(nowhere, directory):
    got = get(f"ftp://{NOWHERE}/f", directory / "f", "--timeout", "0.3")
    timed_out(got, "not done within the total timeout", directory / "f")


# --- usage --------------------------------------------------------------------

@pytest.mark.parametrize("args", [
    [], ["nothing"], ["ftp"], ["ftp", "git", "ftp://h/f"], ["ftp", "get"],
    ["ftp", "get", "http://h/f"], ["ftp", "get", "ftp://h/"], ["ftp", "get", "ftp://h/a%0ab"],
    ["ftp", "get", "ftp://h/f", ""], ["ftp", "get", "--resume", "--force", "ftp://h/f"],
    ["ftp", "get", "--active", "--passive", "ftp://h/f"], ["ftp", "get", "ftp://h/.."],
    ["ftp", "get", "ftp://h/a%2Fb"], ["ftp", "get", "--port-range", "2-1", "--active", "ftp://h/f"],
    ["ftp", "get", "--no-such-option", "ftp://h/f"], ["job", "wait"], ["job", "cancel"],
    ["job", "show", "0"], ["job", "show", "x"], ["monitor", "--count", "0"], ["monitor", "noun"],
    ["ftp", "get", "--no-wait", "--atomic", "ftp://h/f"], ["--keep-going", "status"],
], ids=" ".join)
def test_usage(world, directory, args):
    before = set(os.listdir("."))
    got = knetctl("-j", *args)
    assert got.rc == 2 and got.out == "", got
    assert got.error["errno"] == "EINVAL"
    assert set(os.listdir(".")) == before


def test_session_of_another_server(scripted, nowhere, directory):
    """An idle session, same login and port, but to another address: it is not taken."""
    server = scripted(files={"f": CONTENT})
    with module.parameter("session_idle", 30):
        get(server.url(), directory / "f").ok()
        other = server.url().replace(SERVER4, NOWHERE)
        assert other != server.url()
        got = get(other, directory / "g", "--connect-timeout", "0.5")
    timed_out(got, "cannot connect within the connect timeout", directory / "g")
