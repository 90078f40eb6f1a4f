# SPDX-License-Identifier: GPL-2.0-only
"""What becomes of listeners, connections and messages when the module or the namespace goes."""

import os
import resource
import select
import socket
import subprocess
import time

import pytest

import libknetctl
import module
from command import knetctl
from soon import LATE, soon
from test_listener import LOOP, connect, port, receive
from wait import PATIENCE, until
from world import SERVER4, SERVER6, World

ECHO, CHARGEN, HANDOFF = 1001, 1002, 1003
# Thousands take a while where nothing is fast.
CROWD = 3000 if os.environ.get("KNETCTL_SLOW") == "1" else 500


@pytest.fixture
def reload():
    module.load()
    yield
    module.load()


def fill(world, count=CROWD):
    """Listeners of all kinds with connections, and sends that run, in the server's namespace."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * CROWD, 2 * CROWD))
    with world.server:
        hold = knetctl("-j", "listener", "add", "[::]:1000", "backlog", "4096").ok().json
        for number, service in ((ECHO, "echo"), (CHARGEN, "chargen"), (HANDOFF, "handoff")):
            knetctl("listener", "add", f"[::]:{number}", "service", service).ok()
        knetctl("send", "udp", f"{LOOP}:1000", "x", "--count", "1000000", "--interval", "0.01",
                "--no-wait", "--source", "127.0.0.1")
        fd = os.memfd_create("data")
        os.ftruncate(fd, 64 << 20)
        sink = socket.socket()
        sink.bind((LOOP, 0))
        sink.listen()
        knetctl("send", "tcp", "127.0.0.1:%d" % sink.getsockname()[1], "--file",
                f"/proc/{os.getpid()}/fd/{fd}", "--no-wait").ok()
        os.close(fd)
    socks = [connect(hold, SERVER4) for _ in range(count)]
    for number in (ECHO, CHARGEN, HANDOFF):
        socks += [socket.create_connection((SERVER6, number)) for _ in range(20)]
    until(lambda: knetctl("-n", world.server.name, "-j", "status").ok().json["connections"] ==
          len(socks), "the crowd", 60)
    return socks, sink


def ended(s):
    """Did it see FIN or RST?"""
    s.settimeout(10)
    try:
        while s.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    return True


def until_told(socks):
    """Until there is something to be read of each: its end, when nobody sends."""
    poll = select.poll()
    for s in socks:
        poll.register(s, select.POLLIN)
    left = len(socks)
    while left:
        events = poll.poll(PATIENCE * 1000)
        assert events, f"{left} connections go on"
        for fd, _ in events:
            poll.unregister(fd)
        left -= len(events)


def close(socks):
    for s in socks:
        s.close()


def take(world):
    with world.server, libknetctl.Knetctl() as handle:
        listener = next(one for one in knetctl("-j", "listener", "list").ok().json
                        if one["service"] == "handoff")
        return handle.listener_accept(listener["id"], 5)


def check_taken(taken, told, socks):
    """The socket that a process took over goes on."""
    peer = next(s for s in socks if s.getsockname()[:2] == told.remote)
    socks.remove(peer)
    peer.settimeout(10)
    taken.sendall(b"still here")
    assert peer.recv(100) == b"still here"
    peer.sendall(b"and here")
    assert taken.recv(100) == b"and here"
    taken.close()
    assert peer.recv(1) == b""
    peer.close()


def test_unload(world, reload):
    socks, sink = fill(world)
    taken, told = take(world)
    # Bytes that are on their way come before the end.
    flooded = [s for s in socks if s.getpeername()[1] == CHARGEN]
    others = [s for s in socks
              if s not in flooded and s.getsockname()[:2] != told.remote]
    # Thousands of ends at once are more than the backlog of a processor takes: some are lost.
    with world.server, open("/proc/sys/net/ipv4/tcp_orphan_retries", "w") as f:
        f.write("8")
    start = time.monotonic()
    module.unload()
    removed = time.monotonic() - start
    until_told(others)
    took = time.monotonic() - start
    print(f"{len(socks)} connections: the module is gone after {removed:.2f} s, "
          f"all clients know after {took:.2f} s")
    assert all(ended(s) for s in others + flooded)
    check_taken(taken, told, socks)
    close(socks)
    sink.close()
    soon("rmmod", removed)
    soon("the end of all connections", took)


def test_namespace(reload):
    world = World()
    try:
        socks, sink = fill(world)
        sink.close()
        start = time.monotonic()
        subprocess.run(["ip", "netns", "del", world.server.name], check=True)
        assert all(ended(s) for s in socks)
        told = time.monotonic() - start
        # Its end of the pair goes with it, and ours with that.
        until(lambda: not os.path.exists(f"/proc/sys/net/ipv4/conf/{world.device}"),
              "the end of the namespace")
        took = time.monotonic() - start
        close(socks)
        print(f"{len(socks)} connections: all clients know after {told:.2f} s, "
              f"the namespace is gone after {took:.2f} s")
    finally:
        world.close()
    soon("the end of all connections", told, LATE)


def test_banner_lost_packets(world):
    """All packets lost for 3 s around the close: the banner arrives."""
    with world.server:
        listener = knetctl("-j", "listener", "add", f"{SERVER4}:0", "service", "handoff").ok().json
        banner = knetctl("-j", "listener", "add", f"{SERVER4}:0", "service", "banner",
                         "b" * 4000).ok().json
    knetctl("-n", world.server.name, "listener", "del", listener["id"]).ok()
    tc = ["tc", "-n", world.server.name, "qdisc"]
    lose = [*tc, "add", "dev", world.device, "root", "netem", "loss", "100%"]
    if subprocess.run(lose, check=False, capture_output=True).returncode:
        pytest.skip("no netem")
    s = socket.socket()
    s.settimeout(20)
    s.setblocking(False)
    s.connect_ex((SERVER4, port(banner)))
    time.sleep(2)
    subprocess.run([*tc, "del", "dev", world.device, "root"], check=True)
    s.settimeout(20)
    assert receive(s) == b"b" * 4000
    s.close()
    knetctl("-n", world.server.name, "listener", "del", banner["id"]).ok()
    # An ordinary orphan has a timer, what has none would stay for ever.
    until(lambda: not [line for line in subprocess.run(
        ["ss", "-Htanop"], capture_output=True, text=True, check=True).stdout.splitlines()
        if str(port(banner)) in line and "timer:" not in line and "TIME-WAIT" not in line],
          "the orphans")


def test_idle_listener_sleeps(world):
    """A listener without connections causes no work."""
    tracing = module.tracefs()
    listener = knetctl("-j", "listener", "add", f"{LOOP}:0", "idle", "1", "rate", "5",
                       "per-source", "3").ok().json
    try:
        time.sleep(1)
        with open(f"{tracing}/events/workqueue/workqueue_execute_start/enable", "w") as f:
            f.write("1")
        open(f"{tracing}/trace", "w").close()
        time.sleep(5)
        with open(f"{tracing}/events/workqueue/workqueue_execute_start/enable", "w") as f:
            f.write("0")
        with open(f"{tracing}/trace") as f:
            assert [line for line in f if "knetctl" in line or "listener_work" in line] == []
    finally:
        knetctl("listener", "del", listener["id"]).ok()
