# SPDX-License-Identifier: GPL-2.0-only
"""- as FILE: to standard output, from standard input; and a pair of sockets for
the data of a job, as the library makes it."""

import ctypes
import errno
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from command import Running, environment, jobs, knetctl, show
from ftpserver import Zeros
from libknetctl import DIRECT, Knetctl, KnetctlError
from servers import SERVERS
from wait import PATIENCE, until
from world import SERVER4

CONTENT = os.urandom(300_001)
LARGE = (64 if os.environ.get("KNETCTL_SLOW") == "1" else 8) << 20


@pytest.fixture(scope="module")
def server(world, tmp_path_factory):
    directory = tmp_path_factory.mktemp("server")
    for part in (directory, directory.parent, directory.parent.parent):
        os.chmod(part, 0o755)
    one = SERVERS["vsftpd"](world.server, str(directory))
    yield one
    one.close()
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def large(server):
    """Many MiB of which no two blocks are equal; the checksum."""
    block, digest = bytearray(os.urandom(1 << 20)), hashlib.sha256()
    with open(server.path("large"), "wb") as f:
        for number in range(LARGE // len(block)):
            block[:8] = number.to_bytes(8, "big")
            f.write(block)
            digest.update(block)
    yield digest.hexdigest()
    os.remove(server.path("large"))


@pytest.fixture
def handle(world):
    with Knetctl() as handle:
        yield handle


def run(*args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **kwargs):
    return subprocess.run(["knetctl", *map(str, args)], stdin=stdin, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=PATIENCE, check=False,
                          env=environment(), **kwargs)


def start(*args, **kwargs):
    return subprocess.Popen(["knetctl", *map(str, args)], stderr=subprocess.PIPE,
                            env=environment(), **kwargs)


def pair(handle):
    fds = (ctypes.c_int * 2)()
    handle.check(handle.lib.knetctl_pipe(handle.handle, fds))
    return fds[0], socket.socket(fileno=fds[1])


# --- bytes ---------------------------------------------------------------------

def test_get_large(server, large):
    """Through a pipe, with all of it in order."""
    with start("ftp", "get", server.url(SERVER4, "large"), "-",
               stdout=subprocess.PIPE) as got:
        digest = hashlib.sha256()
        while block := got.stdout.read(1 << 20):
            digest.update(block)
        assert got.wait(PATIENCE) == 0 and got.stderr.read() == b""
    assert digest.hexdigest() == large


def test_put_large(server, large):
    with start("ftp", "put", "-", server.url(SERVER4, "copy"), stdin=subprocess.PIPE,
               stdout=subprocess.PIPE) as put:
        with open(server.path("large"), "rb") as f:
            shutil.copyfileobj(f, put.stdin, 1 << 20)
        put.stdin.close()
        assert put.wait(PATIENCE) == 0, put.stderr.read()
        assert put.stdout.read().startswith(b"standard input: %d.0" % (LARGE >> 20))
    with open(server.path("copy"), "rb") as f:
        assert hashlib.file_digest(f, "sha256").hexdigest() == large
    os.remove(server.path("copy"))


@pytest.mark.parametrize("size", [0, 1, len(CONTENT)])
@pytest.mark.parametrize("kind", ["file", "append", "socket", "pipe"])
def test_get(store, directory, kind, size):
    server = store({"f": CONTENT[:size]})
    if kind == "pipe":
        assert run("ftp", "get", server.url(), "-").stdout == CONTENT[:size]
        return
    if kind == "socket":
        ours, its = socket.socketpair()
        with ours, its, start("-j", "ftp", "get", server.url(), "-", stdout=its) as got:
            its.close()
            with ours.makefile("rb") as f:
                assert f.read() == CONTENT[:size]
            assert got.wait(PATIENCE) == 0 and got.stderr.read() == b""
        return
    with open(directory / "out", "ab" if kind == "append" else "wb") as f:
        f.write(b"before")
        f.flush()
        assert run("ftp", "get", server.url(), "-", stdout=f).returncode == 0
    assert (directory / "out").read_bytes() == b"before" + CONTENT[:size]


@pytest.mark.parametrize("size", [0, 1, len(CONTENT)])
@pytest.mark.parametrize("options", [[], ["--append"], ["--atomic"]])
@pytest.mark.parametrize("way", ["--active", "--passive"])
def test_put(store, directory, options, way, size):
    server = store({"f": b"old"})
    (directory / "in").write_bytes(CONTENT[:size])
    with open(directory / "in", "rb") as f:
        got = run("-j", "ftp", "put", way, *options, "-", server.url(), stdin=f)
    assert got.returncode == 0 and f'"bytes":{size},' in got.stdout.decode()
    assert server.files == {"f": (b"old" if "--append" in options else b"") + CONTENT[:size]}


def test_put_create_dirs(store):
    server = store()
    got = run("ftp", "put", "--create-dirs", "-", server.url("a/b/f"), input=CONTENT, stdin=None)
    assert got.returncode == 0 and server.files == {"a/b/f": CONTENT}


def test_not_blocking_for_others(store):
    """Who shares our standard output finds it as it was."""
    server = store({"f": CONTENT})
    out, its = os.pipe()
    os.set_blocking(its, True)
    with start("ftp", "get", server.url(), "-", stdout=its) as got:
        assert os.get_blocking(its)
        os.close(its)
        with open(out, "rb") as f:
            assert f.read() == CONTENT
        assert got.wait(PATIENCE) == 0


# --- failures --------------------------------------------------------------------

def test_get_missing(store):
    got = run("-j", "ftp", "get", store().url("none"), "-")
    assert got.returncode == 1 and got.stdout == b"" and b'"ftp_code":550' in got.stderr


def test_get_short(scripted):
    """What came is there, and the status tells that it is not all."""
    server = scripted("data-short", files={"f": CONTENT})
    got = run("ftp", "get", server.url(), "-")
    assert got.returncode == 1 and got.stdout and CONTENT.startswith(got.stdout)
    assert len(got.stdout) < len(CONTENT)


def test_get_full(store):
    server = store({"f": CONTENT})
    with open("/dev/full", "wb") as f:
        got = run("-j", "ftp", "get", server.url(), "-", stdout=f)
    assert got.returncode == 1 and b'"ENOSPC"' in got.stderr


def test_put_unreadable(store, directory):
    server = store()
    fd = os.open(directory, os.O_RDONLY)
    got = run("-j", "ftp", "put", "-", server.url(), stdin=fd)
    os.close(fd)
    assert got.returncode == 1 and b'"EISDIR"' in got.stderr and not server.files


def nothing_runs():
    return not jobs("state", "running") and not jobs("state", "queued")


def test_reader_goes(store):
    """get | head -c 1"""
    server = store({"f": Zeros(1 << 30)})
    with start("ftp", "get", server.url(), "-", stdout=subprocess.PIPE) as got:
        assert got.stdout.read(1) == b"\0"
        got.stdout.close()
        assert got.wait(PATIENCE) == 5 and got.stderr.read() == b""
    assert nothing_runs()


def test_reader_goes_from_silence(scripted):
    """It ends although there is nothing to write."""
    server = scripted("data-stalls", files={"f": CONTENT})
    with start("ftp", "get", "--stall-timeout", "100", server.url(), "-",
               stdout=subprocess.PIPE) as got:
        server.await_stall()
        got.stdout.close()
        assert got.wait(PATIENCE) == 5
    assert nothing_runs()


def test_reader_stands_still(store):
    """Nothing piles up: the server is stopped by the window. A signal ends it."""
    server = store({"f": Zeros(1 << 30)})
    got = start("ftp", "get", "--stall-timeout", "0.5", server.url(), "-",
                stdout=subprocess.PIPE)
    job, = until(lambda: jobs("state", "running"), "the job")
    seen = []

    def stands():
        seen.append(show(job["id"])["bytes"])
        return len(seen) > 6 and seen[-1] == seen[-6] > 0
    until(stands, "standstill")
    # What the job has given away stands in the pair of sockets and in the pipe.
    assert seen[-1] <= 1 << 20
    with open(f"/proc/{got.pid}/status") as f:
        size, = (line.split()[1] for line in f if line.startswith("VmRSS"))
    assert int(size) < 16 << 10
    # That nobody reads is no fault of the network, however long it lasts.
    time.sleep(0.8)
    assert show(job["id"])["state"] == "running"
    got.send_signal(signal.SIGINT)
    assert got.wait(PATIENCE) == 5
    got.communicate()
    assert nothing_runs()


def test_slow_writer(store):
    server = store()
    with start("ftp", "put", "--stall-timeout", "0.5", "-", server.url(),
               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as put:
        server.await_command("STOR")
        time.sleep(0.8)
        put.stdin.write(b"late")
        put.stdin.close()
        assert put.wait(PATIENCE) == 0, put.stderr.read()
    assert server.files == {"f": b"late"}


def test_killed_writer(store):
    """Half of it is not taken for the whole."""
    server = store({"f": b"old"})
    put = start("ftp", "put", "-", server.url(), stdin=subprocess.PIPE)
    put.stdin.write(CONTENT)
    put.stdin.flush()
    until(lambda: any(j["bytes"] == len(CONTENT) for j in jobs("state", "running")), "bytes")
    put.kill()
    put.communicate()
    until(nothing_runs, "the end of the job")
    server.await_end()
    assert server.files == {"f": b"old"}


def test_put_refused(store):
    """The server's no ends it, though standard input has no end."""
    server = store()
    server.read_only.add("f")
    with start("-j", "ftp", "put", "-", server.url(), stdin=subprocess.PIPE) as put:
        assert put.wait(PATIENCE) == 1 and b'"ftp_code":553' in put.stderr.read()


@pytest.mark.parametrize("options", [["--resume"], ["--retry", "1"], ["--no-wait"],
                                     ["--verify"], ["--remote-time"]])
@pytest.mark.parametrize("verb", ["get", "put"])
def test_usage(world, verb, options):
    url = f"ftp://{SERVER4}/f"
    got = knetctl("-j", "ftp", verb, *options, *([url, "-"] if verb == "get" else ["-", url]))
    assert got.rc == 2 and f"{options[0]} is not for -" in got.error["message"]


def test_usage_get(world):
    for option in ("--atomic", "--force", "--fsync", "--direct"):
        assert knetctl("ftp", "get", option, f"ftp://{SERVER4}/f", "-").rc == 2


def test_ends_of_a_list(store, directory):
    (directory / "list").write_text(f"{store({'f': b'f'}).url()} -\n")
    got = knetctl("-j", "ftp", "get", "--list", directory / "list")
    assert got.rc == 1 and "--list is not for -" in got.err


# --- the library -------------------------------------------------------------------

def test_library_get(store, handle):
    server = store({"f": CONTENT})
    fd, own = pair(handle)
    with own:
        job = handle.ftp_get(server.url(), fd)
        os.close(fd)
        with own.makefile("rb") as f:
            assert f.read() == CONTENT
        got = handle.job_wait(job)
        assert (got.state_name, got.bytes, got.size) == ("done", len(CONTENT), len(CONTENT))


def test_library_offset(store, handle):
    server = store({"f": CONTENT})
    fd, own = pair(handle)
    with own, own.makefile("rb") as f:
        job = handle.ftp_get(server.url(), fd, offset=1000)
        os.close(fd)
        assert f.read() == CONTENT[1000:] and handle.job_wait(job).state_name == "done"


def test_library_direct(world, handle):
    fd, own = pair(handle)
    with own, pytest.raises(KnetctlError, match="no page cache") as refused:
        handle.ftp_get(f"ftp://{SERVER4}/f", fd, flags=DIRECT)
    os.close(fd)
    assert refused.value.errno == errno.EINVAL


def test_rate(store):
    """It holds in both directions, and can be changed."""
    server = store({"f": CONTENT})
    with start("ftp", "get", "--rate", "1k", server.url(), "-",
               stdout=subprocess.PIPE) as got:
        job, = until(lambda: jobs("state", "running"), "the job")
        assert got.stdout.read(1) == CONTENT[:1]
        knetctl("job", "set", job["id"], "rate", "unlimited").ok()
        assert got.stdout.read() == CONTENT[1:] and got.wait(PATIENCE) == 0
    with start("ftp", "put", "--rate", "1k", "-", server.url("g"), stdin=subprocess.PIPE,
               stdout=subprocess.DEVNULL) as put:
        put.stdin.write(CONTENT)
        put.stdin.close()
        job, = until(lambda: [j for j in jobs("state", "running") if j["bytes"]], "the job")
        assert job["bytes"] < len(CONTENT) // 2
        knetctl("job", "set", job["id"], "rate", "unlimited").ok()
        assert put.wait(PATIENCE) == 0
    assert server.files["g"] == CONTENT


def test_library_peer_closed(store, handle):
    server = store({"f": CONTENT})
    fd, own = pair(handle)
    own.close()
    job = handle.job_wait(handle.ftp_get(server.url(), fd))
    os.close(fd)
    assert (job.state_name, job.errnum) == ("failed", errno.EPIPE)


@pytest.mark.parametrize("make", [
    lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
    lambda: socket.socketpair(type=socket.SOCK_DGRAM)[0],
    lambda: socket.socketpair(type=socket.SOCK_SEQPACKET)[0],
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
])
def test_other_sockets(world, handle, make):
    with make() as s, pytest.raises(KnetctlError, match="only a connected AF_UNIX") as refused:
        handle.ftp_get(f"ftp://{SERVER4}/f", s.fileno())
    assert refused.value.errno == errno.EINVAL


@pytest.mark.parametrize("listens", [False, True])
def test_unconnected(world, handle, listens):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        if listens:
            s.bind(b"\0knetctl-test")
            s.listen()
        with pytest.raises(KnetctlError, match="not connected") as refused:
            handle.ftp_get(f"ftp://{SERVER4}/f", s.fileno())
    assert refused.value.errno == errno.ENOTCONN


def test_file_of_a_listener(world):
    """Only the data of FTP."""
    ours, its = socket.socketpair()
    with ours, its:
        got = Running(["-j", "listener", "add", "127.0.0.1:0", "service", "file", "/dev/stdin"],
                      stdin=its).wait()
    assert got.rc != 0


def test_many(store, handle):
    """Each with a reader of its own, and each gets its own bytes."""
    files = {f"f{i}": os.urandom(100_000 + i) for i in range(20)}
    server = store(files)
    got, threads, started = {}, [], []

    def read(name, own):
        with own, own.makefile("rb") as f:
            got[name] = f.read()
    for name in files:
        fd, own = pair(handle)
        started.append(handle.ftp_get(server.url(name), fd))
        os.close(fd)
        threads.append(threading.Thread(target=read, args=(name, own)))
        threads[-1].start()
    assert {handle.job_wait(job).state_name for job in started} == {"done"}
    for thread in threads:
        thread.join(PATIENCE)
    assert got == files
