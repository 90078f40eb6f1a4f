# SPDX-License-Identifier: GPL-2.0-only
"""The module or the namespace goes away in the middle: soon, and with nothing left."""

import contextlib
import os
import signal
import socket
import subprocess
import time

import pytest

import genl
import module
from command import Monitor, Running, get, jobs, knetctl
from ftpserver import Server, Zeros
from ftpstore import Store
from libknetctl import DETACHED, Knetctl
from soon import LATE, soon, until_removed
from wait import PATIENCE, until
from world import World

CONTENT = os.urandom(200000)
HALF = len(CONTENT) // 2


@pytest.fixture
def place():
    """A world for one test, which may remove it."""
    place = World()
    yield place
    place.close()


@pytest.fixture
def stalled(place):
    server = Server(place.server, ["data-stalls"], files={"f": CONTENT})
    yield server
    server.close()


@pytest.fixture(autouse=True)
def loaded_again():
    yield
    module.load()


def remove_module():
    begin = time.monotonic()
    module.unload()
    soon("rmmod", time.monotonic() - begin)


def remove_namespace(place):
    soon("the removal of the namespace", until_removed(place), LATE)


def half(path):
    until(lambda: os.path.exists(path) and os.path.getsize(path) == HALF, "half of the file")


def open_files(path):
    """Does the mount of path have an open file? Then it cannot be unmounted."""
    return subprocess.run(["umount", path], capture_output=True, check=False).returncode != 0


@contextlib.contextmanager
def tmpfs(path):
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", path], capture_output=True, check=False)


# --- the module ----------------------------------------------------------------

def test_unload_idle(place):
    remove_module()
    module.load()
    assert knetctl("status").rc == 0


def test_unload_with_a_session(place, directory):
    """An idle session says goodbye and does not keep the module."""
    server = Server(place.server, files={"f": CONTENT})
    try:
        get(server.url(), directory / "f").ok()
        remove_module()
        server.await_command("QUIT")
        server.await_end()
    finally:
        server.close()


def test_unload_during_a_transfer(place, stalled, background, directory):
    with tmpfs(directory / "fs") as fs:
        target = fs / "f"
        running = background("-j", "ftp", "get", stalled.url(), target)
        detached = get(stalled.url(), fs / "g", "--no-wait").ok().json["id"]
        waiting = background("-j", "job", "wait", detached)
        monitor = Monitor("job")
        try:
            half(target)
            half(fs / "g")
            until(lambda: genl.subscribed(waiting.pid), "the waiter")
            remove_module()
            for one in (running, waiting):
                got = one.wait()
                assert got.rc == 3, got
                assert "went away" in got.error["message"]
            rc, err = monitor.rest()
            assert rc == 3 and "went away" in err
            done = [e for e in monitor.events if e["event"] == "job-done"]
            assert [e["state"] for e in done] == ["cancelled"] * 2, "the ends were not told"
            assert {e["errno"] for e in done} == {"ESHUTDOWN"}
        finally:
            monitor.close()
        # What came stays.
        assert target.read_bytes() == (fs / "g").read_bytes() == CONTENT[:HALF]
        stalled.await_end()
        assert not open_files(fs), "a file is still open"


def test_unload_while_connecting(place, background, directory):
    """Nothing answers; and jobs wait in the queue behind it."""
    subprocess.run(["ip", "neighbour", "add", "10.0.0.99", "lladdr", "02:00:00:00:00:99", "dev",
                    place.device], check=True)
    running = [background("-j", "ftp", "get", "ftp://10.0.0.99/f", directory / str(n))
               for n in range(6)]
    until(lambda: len(jobs()) == 6, "the jobs")
    remove_module()
    for n, one in enumerate(running):
        assert one.wait().rc == 3
        assert not os.path.exists(directory / str(n))


def test_unload_of_many(place, background, directory):
    server = Server(place.server, ["data-for-ever", "size-refused"], files={"f": b""})
    try:
        running = [background("-j", "ftp", "get", "--max-size", "1G", server.url(),
                              directory / str(n)) for n in range(4)]
        until(lambda: server.verbs().count("RETR") == 4, "four transfers")
        remove_module()
        for one in running:
            assert one.wait().rc == 3
    finally:
        server.close()


def test_unload_while_nobody_reads(place, background):
    """The data stand in a pair of sockets, and the command in a pipe."""
    server = Server(place.server, files={"f": Zeros(1 << 30)})
    try:
        running = background("-j", "ftp", "get", server.url(), "-")
        until(lambda: any(j["bytes"] for j in jobs("state", "running")), "bytes")
        remove_module()
        # What was on its way is still to be had.
        assert running.wait().rc == 3
    finally:
        server.close()


def test_unload_while_nobody_writes(place, background):
    server = Store(place.server, files={})
    out, its = os.pipe()
    try:
        running = background("-j", "ftp", "put", "-", server.url(), stdin=out)
        server.await_command("STOR")
        remove_module()
        assert running.wait().rc == 3 and not server.files
    finally:
        os.close(its)
        os.close(out)
        server.close()


def test_load_and_unload(place, directory):
    for _ in range(3):
        remove_module()
        module.load()
    server = Server(place.server, files={"f": CONTENT})
    try:
        get(server.url(), directory / "f").ok()
        assert (directory / "f").read_bytes() == CONTENT
    finally:
        server.close()


# --- the namespace ---------------------------------------------------------------

def detached(server, target, **kwargs):
    """A job that nobody waits for: whoever waits would hold the namespace."""
    return get(server.url(), target, "--no-wait", **kwargs).ok().json["id"]


def test_namespace_without_jobs(place):
    knetctl("status").ok()
    remove_namespace(place)


@pytest.mark.parametrize("verb", ["get", "put"])
def test_namespace_with_a_pair(place, verb):
    """The other end, which nobody reads or writes, is of another namespace."""
    server = Store(place.server, files={"f": Zeros(1 << 30)})
    place.leave()
    own, job = socket.socketpair()
    try:
        with own:
            with place.client, Knetctl() as handle:
                ident = handle.ftp_get(server.url(), job.fileno(), put=verb == "put",
                                       flags=DETACHED)
                job.close()
                server.await_command("RETR" if verb == "get" else "STOR")
                until(lambda: handle.job_get(ident).bytes or verb == "put", "bytes")
            remove_namespace(place)
            # Its end of the pair has closed.
            own.settimeout(PATIENCE)
            while own.recv(1 << 20):
                pass
    finally:
        server.close()


def test_namespace_with_a_session(place, directory):
    server = Server(place.server, files={"f": CONTENT})
    try:
        get(server.url(), directory / "f").ok()
        remove_namespace(place)
        server.await_end()
    finally:
        server.close()


def test_namespace_during_a_transfer(place, stalled, directory):
    with tmpfs(directory / "fs") as fs:
        detached(stalled, fs / "f")
        half(fs / "f")
        remove_namespace(place)
        stalled.await_end()
        assert (fs / "f").read_bytes() == CONTENT[:HALF]
        until(lambda: not open_files(fs), "the end of the open file")
    remove_module()


def test_namespace_during_a_flood(place, directory):
    server = Server(place.server, ["data-for-ever", "size-refused"], files={"f": b""})
    try:
        for n in range(4):
            detached(server, directory / str(n))
        until(lambda: all(os.path.exists(directory / str(n)) and
                          os.path.getsize(directory / str(n)) for n in range(4)), "data")
        remove_namespace(place)
        server.await_end()
    finally:
        server.close()
    remove_module()


def test_namespace_while_connecting(place, directory):
    subprocess.run(["ip", "neighbour", "add", "10.0.0.99", "lladdr", "02:00:00:00:00:99", "dev",
                    place.device], check=True)
    for n in range(6):
        get("ftp://10.0.0.99/f", directory / str(n), "--no-wait").ok()
    remove_namespace(place)
    remove_module()


def test_namespace_with_the_waiter_in_it(place, stalled, background, directory):
    """It lives as long as somebody is in it: the name alone is no more."""
    running = background("-j", "ftp", "get", stalled.url(), directory / "f")
    half(directory / "f")
    place.leave()
    subprocess.run(["ip", "netns", "del", place.client.name], check=True)
    assert place.peer_exists()
    stalled.gate.set()
    running.wait().ok()
    assert (directory / "f").read_bytes() == CONTENT
    until(lambda: not place.peer_exists(), "the end of the namespace")


# --- a file system that does not answer -------------------------------------------

@pytest.fixture
def frozen(directory):
    """ext4 whose writes wait until thaw(); thawed at the end in any case."""
    mount = directory / "frozen"
    mount.mkdir()
    subprocess.run(["modprobe", "brd", "rd_nr=1", "rd_size=32768"], check=True)
    until(lambda: os.path.exists("/dev/ram0"), "/dev/ram0")
    subprocess.run(["mkfs.ext4", "-q", "/dev/ram0"], check=True)
    subprocess.run(["mount", "/dev/ram0", mount], check=True)

    class Frozen:
        path = mount

        @staticmethod
        def freeze():
            subprocess.run(["fsfreeze", "-f", mount], check=True)

        @staticmethod
        def thaw():
            subprocess.run(["fsfreeze", "-u", mount], check=False, capture_output=True)
    yield Frozen
    Frozen.thaw()
    until(lambda: not os.path.ismount(mount) or not open_files(mount), "the end of the open file")
    module.unload_other("brd")


def stuck():
    """Is a worker of ours waiting for the file system?"""
    out = subprocess.run("grep -l knet_ /proc/[0-9]*/stack | head -n 1 | xargs -r cat",
                         shell=True, capture_output=True, text=True, check=False).stdout
    return "knet_stream_write" in out or "percpu_rwsem" in out or "sb_start_write" in out


def test_namespace_with_a_stuck_file_system(place, directory, frozen):
    """Its removal waits for no file system; another namespace's neither."""
    server = Server(place.server, ["data-stalls"], files={"f": CONTENT})
    try:
        detached(server, frozen.path / "f")
        half(frozen.path / "f")
        frozen.freeze()
        server.gate.set()
        until(stuck, "a worker that hangs in a write")
        remove_namespace(place)
        with contextlib.closing(World()) as other:
            knetctl("status").ok()
            remove_namespace(other)
        frozen.thaw()
        until(lambda: not open_files(frozen.path), "the end of the open file")
    finally:
        frozen.thaw()
        server.close()
    remove_module()


def test_unload_waits_for_a_stuck_file_system(place, background, directory, frozen):
    """Then the code is still needed: rmmod waits, and goes on as soon as it can."""
    server = Server(place.server, ["data-stalls"], files={"f": CONTENT})
    try:
        running = background("-j", "ftp", "get", server.url(), frozen.path / "f")
        half(frozen.path / "f")
        frozen.freeze()
        server.gate.set()
        until(stuck, "a worker that hangs in a write")
        with subprocess.Popen(["rmmod", "knetctl"]) as rmmod:
            until(lambda: refused_for_unloading(), "the beginning of the removal")
            assert rmmod.poll() is None
            frozen.thaw()
            begin = time.monotonic()
            assert rmmod.wait(PATIENCE) == 0
            soon("the rest of rmmod", time.monotonic() - begin)
        assert running.wait().rc == 3
    finally:
        frozen.thaw()
        server.close()


def refused_for_unloading():
    with open("/proc/modules") as f:
        return any(line.startswith("knetctl ") and "Unloading" in line for line in f)


def test_killed_with_a_stuck_file_system(place, directory, frozen):
    """kill -9 of the waiting command takes effect although its job hangs."""
    server = Server(place.server, ["data-stalls"], files={"f": CONTENT})
    running = Running(["ftp", "get", server.url(), frozen.path / "f"])
    try:
        half(frozen.path / "f")
        frozen.freeze()
        server.gate.set()
        until(stuck, "a worker that hangs in a write")
        begin = time.monotonic()
        running.signal(signal.SIGKILL)
        running.wait()
        soon("the end of the command", time.monotonic() - begin)
        assert len(jobs("state", "running")) == 1
        frozen.thaw()
        until(lambda: jobs("state", "running") == [], "the end of the job")
    finally:
        frozen.thaw()
        running.close()
        server.close()
