# SPDX-License-Identifier: GPL-2.0-only
"""Connections that a process takes over."""

import errno
import fcntl
import os
import socket
import subprocess
import threading

import pytest

import libknetctl
import uapi
from command import knetctl, status
from test_listener import LOOP, connect, events_of, listen, receive, show  # noqa: F401
from wait import until

HANDOFF = 9
# A thousand take a while where nothing is fast.
MANY = 1000 if os.environ.get("KNETCTL_SLOW") == "1" else 200


def test_exec(listen, background):
    """CMD has the connection as standard input and output; its status is the command's."""
    listener = listen("service", "handoff")
    running = background("listener", "accept", listener["id"], "--exec", "sh", "-c",
                         "read line; echo got $line; exit 7")
    with connect(listener) as s:
        s.sendall(b"this\n")
        assert receive(s) == b"got this\n"
    assert running.wait().rc == 7


def test_copy(listen, background):
    """Without a command standard input is sent and what comes is printed."""
    listener = listen("service", "handoff")
    running = background("listener", "accept", listener["id"], stdin=subprocess.PIPE)
    with connect(listener) as s:
        s.sendall(b"from the client")
        running.process.stdin.write(b"to the client")
        running.process.stdin.close()
        running.process.stdin = None
        assert receive(s) == b"to the client"
    got = running.wait()
    assert got.rc == 0 and got.out == "from the client"


def test_loop(listen, background):
    listener = listen("service", "handoff")
    running = background("listener", "accept", listener["id"], "--loop", "--exec", "cat")
    for i in range(5):
        with connect(listener) as s:
            s.sendall(b"%d" % i)
            s.shutdown(socket.SHUT_WR)
            assert receive(s) == b"%d" % i
    running.signal(15)
    assert running.wait().rc == 0


def test_early_data(listen, monitor):
    """What was sent before anybody took the connection is there, with its end."""
    listener = listen("service", "handoff")
    m = monitor("connection")
    with connect(listener) as s:
        s.sendall(b"early")
        s.shutdown(socket.SHUT_WR)
        until(lambda: show(listener)["waiting"] == 1, "the connection")
        with libknetctl.Knetctl() as handle:
            taken, told = handle.listener_accept(listener["id"], 5)
        assert told.remote == s.getsockname() == taken.getpeername()
        assert fcntl.fcntl(taken.fileno(), fcntl.F_GETFD) & fcntl.FD_CLOEXEC
        assert receive(taken) == b"early"
        taken.sendall(b"late")
        taken.close()
        assert receive(s) == b"late"
    closed, = events_of(m, listener, "connection-closed", 1)
    assert closed["reason"] == "handed-over" and closed["id"] == told.id


def test_nothing_waits(listen):
    listener = listen("service", "handoff")
    other = listen("service", "hold")
    with libknetctl.Knetctl() as handle:
        for ident, timeout, err in ((listener["id"], 0, errno.EAGAIN),
                                    (listener["id"], 0.2, errno.ETIMEDOUT),
                                    (other["id"], 1, errno.EINVAL), (4711, 1, errno.ENOENT)):
            with pytest.raises(libknetctl.KnetctlError) as got:
                handle.listener_accept(ident, timeout)
            assert got.value.errno == err


def test_reset_while_waiting(listen, monitor):
    listener = listen("service", "handoff")
    m = monitor("connection")
    s = connect(listener)
    events_of(m, listener, "connection-accepted", 1)
    from test_listener import reset
    reset(s)
    assert events_of(m, listener, "connection-closed", 1)[0]["reason"] == "reset"
    assert show(listener)["waiting"] == 0


def test_no_descriptors(listen):
    """A process without room for the descriptor loses no connection."""
    listener = listen("service", "handoff")
    with connect(listener) as s, libknetctl.Knetctl() as handle:
        until(lambda: show(listener)["waiting"] == 1, "the connection")
        import resource
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
        try:
            with pytest.raises(libknetctl.KnetctlError) as got:
                handle.listener_accept(listener["id"], 0)
            assert got.value.errno == errno.EMFILE
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        taken, _ = handle.listener_accept(listener["id"], 0)
        taken.sendall(b"x")
        taken.close()
        assert receive(s) == b"x"


def daemon(ident, count):
    """A daemon over the library: answer each connection with its own number."""
    with libknetctl.Knetctl() as handle:
        for _ in range(count):
            taken, told = handle.listener_accept(ident, 30)
            with taken:
                taken.sendall(b"%d\n" % told.id)


@pytest.fixture(scope="module")
def handoffd(tmp_path_factory):
    """The daemon in C, as docs/library.md has it."""
    with open(os.path.join(uapi.TOP, "docs/library.md"), encoding="utf-8") as f:
        source = f.read().split("```c\n/* handoffd:")[1].split("```")[0]
    directory = tmp_path_factory.mktemp("handoffd")
    path = directory / "handoffd.c"
    path.write_text("/* handoffd:" + source)
    library = os.path.join(os.environ["LD_LIBRARY_PATH"].split(":")[0], "libknetctl.so.0")
    subprocess.run(["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", directory / "handoffd",
                    path, f"-I{uapi.TOP}/include", library], check=True)
    return directory / "handoffd"


def all_answered(listener, count):
    answers = set()
    for _ in range(count):
        with connect(listener) as s:
            answers.add(int(receive(s)))
    assert len(answers) == count
    until(lambda: status()["connections"] == 0, "the end of the connections")


def test_daemon_in_c(listen, handoffd):
    """Many handed-over connections, two daemons over the public header."""
    listener = listen("service", "handoff")
    daemons = [subprocess.Popen([handoffd, str(listener["id"]), str(MANY // 2)]) for _ in range(2)]
    try:
        all_answered(listener, MANY)
        assert [one.wait(20) for one in daemons] == [0, 0]
    finally:
        for one in daemons:
            one.kill()
            one.wait()


def test_daemon_ends(listen, handoffd):
    """When its listener is deleted it says so."""
    listener = listen("service", "handoff")
    one = subprocess.Popen([handoffd, str(listener["id"])], stderr=subprocess.PIPE, text=True)
    with connect(listener) as s:
        receive(s)
    knetctl("listener", "del", listener["id"]).ok()
    assert "there is no listener" in one.communicate(timeout=20)[1] and one.returncode == 1


def test_daemon_in_python(world, listen):
    """The same over ctypes."""
    listener = listen("service", "handoff")
    path = world.client.path

    def run():
        fd = os.open(path, os.O_RDONLY)
        from world import setns
        setns(fd)
        os.close(fd)
        daemon(listener["id"], MANY // 2)
    daemons = [threading.Thread(target=run) for _ in range(2)]
    for one in daemons:
        one.start()
    all_answered(listener, MANY)
    for one in daemons:
        one.join()
