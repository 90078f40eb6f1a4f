# SPDX-License-Identifier: GPL-2.0-only
"""Listeners: what they accept, serve, limit and tell."""

import hashlib
import os
import re
import socket
import struct
import subprocess
import threading
import time

import pytest

from command import knetctl, status
from wait import until
from world import CLIENT4, CLIENT6, SERVER4, netstat

MiB = 1 << 20
LOOP = "127.0.0.1"


@pytest.fixture
def listen(world):
    """listen(*words): knetctl listener add on a free port; all are deleted with the test."""
    made = []

    def add(*words, at=f"{LOOP}:0"):
        made.append(knetctl("-j", "listener", "add", at, *words).ok().json)
        return made[-1]
    yield add
    for one in made:
        knetctl("listener", "del", one["id"])
    until(lambda: not status()["connections"], "the end of the connections")


def port(listener):
    return listener["local"]["port"]


def connect(listener, address=LOOP, source=None):
    s = socket.create_connection((address, port(listener)), 20, source)
    s.settimeout(20)
    return s


def receive(s):
    """All that comes until the peer closes."""
    data = bytearray()
    while chunk := s.recv(1 << 16):
        data += chunk
    return bytes(data)


def reset(s):
    """Close with a reset."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def show(listener):
    return knetctl("-j", "listener", "show", listener["id"]).ok().json


def events_of(monitor, listener, name, count):
    return monitor.until(lambda events: [
        e for e in events if e["event"] == name and e["listener"] == listener["id"]
    ][count - 1:] and [
        e for e in events if e["event"] == name and e["listener"] == listener["id"]], name)


def ss(*args):
    return subprocess.run(["ss", *args], check=True, capture_output=True, text=True).stdout


# ------------------------------------------------------- the lab's own checks


def test_lab_listen(world):
    """A3: the socket listens with its backlog; after del there is none."""
    got = knetctl("listener", "add", "127.0.0.1:60000", "backlog", "5").ok()
    assert got.out.endswith(" 127.0.0.1:60000\n")
    line, = (line for line in ss("-Htln").splitlines() if ":60000" in line)
    assert line.split()[:4] == ["LISTEN", "0", "5", "127.0.0.1:60000"]
    knetctl("listener", "del", "127.0.0.1:60000").ok()
    assert ":60000" not in ss("-Htln")


def test_lab_accept(world, monitor):
    """A4: one accepted event that names both ends; further clients are accepted, too."""
    listener = knetctl("-j", "listener", "add", "127.0.0.1:60000").ok().json
    m = monitor("connection")
    first = connect(listener, source=(LOOP, 60001))
    first.send(b"Should connect.")
    event, = events_of(m, listener, "connection-accepted", 1)
    assert event["remote"] == {"address": LOOP, "port": 60001}
    assert event["local"] == {"address": LOOP, "port": 60000}
    second = connect(listener)
    assert len(events_of(m, listener, "connection-accepted", 2)) == 2
    first.close()
    closed, = events_of(m, listener, "connection-closed", 1)
    assert closed["id"] == event["id"] and closed["reason"] == "peer"
    assert closed["bytes_in"] == 15 and closed["bytes_out"] == 0 and closed["duration_ns"] > 0
    knetctl("listener", "del", listener["id"]).ok()
    assert second.recv(1) == b""
    assert events_of(m, listener, "connection-closed", 2)[1]["reason"] == "deleted"
    second.close()


# ------------------------------------------------------------------ services


@pytest.mark.parametrize("size", [0, 1, 70000, 3 * MiB])
def test_echo(listen, size):
    listener = listen("service", "echo")
    data = os.urandom(size)
    with connect(listener) as s:
        def send():
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        sender = threading.Thread(target=send)
        sender.start()
        assert receive(s) == data
        sender.join()


def test_echo_slow_reader(listen):
    """What the peer does not read stays in its sockets, and nothing is lost."""
    listener = listen("service", "echo")
    data = os.urandom(4 * MiB)
    with connect(listener) as s:
        s.setblocking(False)
        sent = 0
        while True:
            try:
                sent += s.send(data[sent:])
            except BlockingIOError:
                time.sleep(0.1)
                try:
                    sent += s.send(data[sent:])
                except BlockingIOError:
                    break
            if sent == len(data):
                break
        s.settimeout(20)
        got = bytearray()
        while len(got) < sent:
            got += s.recv(1 << 16)
        assert bytes(got) == data[:sent]


@pytest.mark.parametrize("service", ["hold", "discard"])
def test_drop(listen, monitor, service):
    listener = listen("service", service)
    m = monitor("connection")
    with connect(listener) as s:
        s.sendall(bytes(MiB))
        s.shutdown(socket.SHUT_WR)
        assert receive(s) == b""
    closed, = events_of(m, listener, "connection-closed", 1)
    assert closed["bytes_in"] == MiB and closed["reason"] == "peer"


def test_chargen(listen):
    listener = listen("service", "chargen")
    with connect(listener) as s:
        data = b""
        while len(data) < 20000:
            data += s.recv(4096)
    lines = data.split(b"\r\n")[:-1]
    chars = bytes(range(32, 127)) * 2
    for i, line in enumerate(lines[:200]):
        assert line == chars[i % 95:i % 95 + 72]


def test_daytime(listen):
    with connect(listen("service", "daytime")) as s:
        assert re.fullmatch(rb"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} UTC\r\n", receive(s))


def test_close(listen, monitor):
    listener = listen("service", "close")
    m = monitor("connection")
    with connect(listener) as s:
        assert receive(s) == b""
    assert events_of(m, listener, "connection-closed", 1)[0]["reason"] == "done"


def test_banner(listen):
    """Also to a peer that has sent something that nobody reads: no reset."""
    listener = listen("service", "banner", "220 go away\r\n")
    for request in (b"", b"GET / HTTP/1.0\r\n\r\n" * 100):
        with connect(listener) as s:
            s.sendall(request)
            assert receive(s) == b"220 go away\r\n"


@pytest.mark.parametrize("size", [0, 1, 65536, 5 * MiB + 7])
def test_file(listen, directory, size):
    path = directory / "file"
    path.write_bytes(os.urandom(size))
    listener = listen("service", "file", path)
    socks = [connect(listener) for _ in range(5)]
    for s in socks:
        s.sendall(b"x" * 1000)
    for s in socks:
        assert hashlib.sha256(receive(s)).digest() == hashlib.sha256(path.read_bytes()).digest()
        s.close()


def test_file_refused(directory):
    for path, word in (("/proc/version", "interface to the kernel"), (directory, "regular"),
                       ("/dev/zero", "regular")):
        got = knetctl("-j", "listener", "add", f"{LOOP}:0", "service", "file", path)
        assert got.rc == 1 and word in got.error["message"], got


@pytest.mark.parametrize("client", [
    ["curl", "-sN", "--max-time", "5", "telnet://127.0.0.1:{}"],
    ["ncat", "--recv-only", "127.0.0.1", "{}"],
    ["socat", "-u", "TCP:127.0.0.1:{}", "-"],
    ["nc", "-d", "127.0.0.1", "{}"],
])
def test_real_clients(listen, client):
    listener = listen("service", "banner", "hello\n")
    args = [a.format(port(listener)) for a in client]
    try:
        got = subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    except FileNotFoundError:
        pytest.skip(f"no {client[0]}")
    assert got.stdout == b"hello\n"


# ----------------------------------------------------------------- addresses


def test_dual_stack(listen, monitor):
    """An IPv4 peer of a dual-stack listener is told as IPv4."""
    listener = listen(at="[::]:0")
    m = monitor("connection")
    with connect(listener, CLIENT4), connect(listener, CLIENT6):
        events = events_of(m, listener, "connection-accepted", 2)
    assert [e["local"]["address"] for e in events] == [CLIENT4, CLIENT6]


def test_v6only(listen):
    listener = listen("v6only", at="[::]:0")
    with connect(listener, CLIENT6):
        pass
    with pytest.raises(ConnectionRefusedError):
        connect(listener, CLIENT4)


def test_ipv6_off(world, listen):
    path = "/proc/sys/net/ipv6/conf/all/disable_ipv6"
    with open(path, "w") as f:
        f.write("1")
    try:
        listener = listen(at="[::]:0")
        assert listener["ipv4_fallback"] and listener["local"]["address"] == "0.0.0.0"
        with connect(listener):
            pass
        assert not listen(at="0.0.0.0:0")["ipv4_fallback"]
    finally:
        with open(path, "w") as f:
            f.write("0")
        subprocess.run(["ip", "-6", "address", "add", "::1/128", "dev", "lo"], check=False,
                       capture_output=True)
        subprocess.run(["ip", "-6", "address", "add", f"{CLIENT6}/64", "dev", world.device,
                        "nodad"], check=False, capture_output=True)


def test_dev(world, listen):
    listener = listen("dev", "lo", at="0.0.0.0:0")
    assert listener["dev"] == "lo"
    with connect(listener):
        pass
    with pytest.raises(ConnectionRefusedError), world.server:
        connect(listener, CLIENT4)


def test_in_use(listen):
    listener = listen()
    got = knetctl("-j", "listener", "add", f"{LOOP}:{port(listener)}")
    assert got.rc == 1 and got.error["errno"] == "EADDRINUSE"
    assert f"{LOOP}:{port(listener)}" in got.error["message"]


def test_refusals():
    for where, name in ((f"{SERVER4}:7000", "EADDRNOTAVAIL"), (f"{LOOP}:70000", "EINVAL"),
                        ("nonsense", "EINVAL")):
        got = knetctl("-j", "listener", "add", where)
        assert got.error["errno"] == name, got
    got = knetctl("-j", "listener", "del", 4711)
    assert got.rc == 1 and got.error["errno"] == "ENOENT"


def test_low_port():
    """Without CAP_NET_BIND_SERVICE a port under 1024 is refused."""
    got = knetctl("-j", "listener", "add", f"{LOOP}:999",
                  prefix=["setpriv", "--bounding-set=-net_bind_service",
                          "--inh-caps=-net_bind_service"])
    assert got.rc == 1 and got.error["errno"] == "EACCES"
    assert "CAP_NET_BIND_SERVICE" in got.error["message"]


# -------------------------------------------------------------------- limits


def test_max_queue(listen):
    """Over the limit connections wait, and are taken when there is room."""
    listener = listen("max", "2", "service", "echo")
    socks = [connect(listener) for _ in range(4)]
    until(lambda: show(listener)["paused"], "the pause")
    assert show(listener)["connections"] == 2
    socks[3].sendall(b"late")
    for s in socks[:3]:
        s.sendall(b"x")
        assert s.recv(1) == b"x"
        s.close()
    assert socks[3].recv(4) == b"late"
    socks[3].close()
    assert show(listener)["rejected"] == 0


@pytest.mark.parametrize("action", ["close", "reset"])
@pytest.mark.parametrize("service", [["hold"], ["banner", "not for you"], ["chargen"]])
def test_max_reject(listen, monitor, service, action):
    """Who is over the limit gets no byte of the service, however soon that speaks."""
    listener = listen("max", "1", "on-limit", action, "service", *service)
    m = monitor("connection")
    with connect(listener):
        events_of(m, listener, "connection-accepted", 1)
        for _ in range(5):
            refused(listener, action)
        rejected = events_of(m, listener, "connection-rejected", 5)
        for event in rejected:
            assert event["reason"] == "max" and event["id"] is None
            assert event["remote"]["address"] == LOOP
    assert show(listener)["rejected"] == 5 and show(listener)["accepted"] == 1


def refused(listener, action):
    """Comes while the listener is full."""
    if action == "close":
        with connect(listener) as s:
            assert s.recv(100) == b""
        return
    # The reset may be there before connect() has returned.
    got = None
    with pytest.raises(ConnectionResetError), connect(listener) as s:
        got = s.recv(100)
    assert got is None


def test_per_source(listen, monitor):
    listener = listen("per-source", "1/24")
    m = monitor("connection")
    with connect(listener, source=("127.0.0.2", 0)), connect(listener, source=("127.0.1.2", 0)):
        s = connect(listener, source=("127.0.0.3", 0))
        assert s.recv(1) == b""
        s.close()
        assert events_of(m, listener, "connection-rejected", 1)[0]["reason"] == "per-source"
    events_of(m, listener, "connection-closed", 2)
    with connect(listener, source=("127.0.0.3", 0)):
        events_of(m, listener, "connection-accepted", 3)


def test_per_source_64(world, listen, monitor):
    """Two addresses of one /64 are one source."""
    for address in ("fd00:1::1", "fd00:1::2", "fd00:2::1"):
        subprocess.run(["ip", "address", "add", address + "/128", "dev", "lo"], check=True)
    listener = listen("per-source", "1", at="[::]:0")
    m = monitor("connection")
    with connect(listener, "::1", ("fd00:1::1", 0)), connect(listener, "::1", ("fd00:2::1", 0)):
        with connect(listener, "::1", ("fd00:1::2", 0)) as s:
            assert s.recv(1) == b""
        assert len(events_of(m, listener, "connection-rejected", 1)) == 1


def test_rate(listen):
    """As many as in a second at once, then at the rate; what waits is not lost."""
    listener = listen("rate", "10", "service", "close")
    start = time.monotonic()
    socks = [connect(listener) for _ in range(20)]
    for s in socks:
        assert s.recv(1) == b""
        s.close()
    took = time.monotonic() - start
    assert 0.9 <= took < 5
    assert show(listener)["accepted"] == 20


def test_idle(listen, monitor):
    """A connection that moves lives, one that is silent ends."""
    listener = listen("idle", "0.5", "service", "echo")
    m = monitor("connection")
    with connect(listener) as busy, connect(listener):
        for _ in range(8):
            busy.sendall(b"x")
            assert busy.recv(1) == b"x"
            time.sleep(0.1)
        closed, = events_of(m, listener, "connection-closed", 1)
        assert closed["reason"] == "idle" and closed["bytes_in"] == 0
        assert closed["duration_ns"] > 400_000_000
        events_of(m, listener, "connection-closed", 2)


def test_set(listen, monitor):
    """Limits of a live listener change, its connections stay."""
    listener = listen("max", "1", "on-limit", "queue")
    m = monitor("connection")
    with connect(listener) as first, connect(listener):
        until(lambda: show(listener)["paused"], "the pause")
        got = knetctl("-j", "listener", "set", listener["id"], "max", "0", "backlog", "7",
                      "per-source", "5").ok().json
        assert got["max_connections"] is None and got["backlog"] == 7 and got["per_source"] == 5
        events_of(m, listener, "connection-accepted", 2)
        first.sendall(b"x")
        knetctl("listener", "set", listener["id"], "idle", "0.2").ok()
        closed = events_of(m, listener, "connection-closed", 2)
        assert {e["reason"] for e in closed} == {"idle"}


def test_del_keep(world, monitor):
    listener = knetctl("-j", "listener", "add", f"{LOOP}:0", "service", "echo").ok().json
    with connect(listener) as s:
        s.sendall(b"1")
        assert s.recv(1) == b"1"
        knetctl("listener", "del", listener["id"], "--keep-connections").ok()
        s.sendall(b"2")
        assert s.recv(1) == b"2"
        one, = knetctl("-j", "connection", "list").ok().json
        assert one["listener"] == listener["id"]
        knetctl("connection", "close", one["id"]).ok()
        assert s.recv(1) == b""
    assert knetctl("-j", "connection", "list").ok().json == []


def test_connection(listen):
    listener = listen("service", "echo")
    other = listen()
    with connect(listener) as s, connect(other):
        s.sendall(b"12345")
        assert s.recv(5) == b"12345"
        mine, = knetctl("-j", "connection", "list", "listener", listener["id"]).ok().json
        assert len(knetctl("-j", "connection", "list").ok().json) == 2
        one = knetctl("-j", "connection", "show", mine["id"]).ok().json
        assert one["bytes_in"] == one["bytes_out"] == 5 and one["service"] == "echo"
        knetctl("connection", "close", mine["id"]).ok()
        assert s.recv(1) == b""
    got = knetctl("-j", "connection", "close", mine["id"])
    assert got.rc == 1 and got.error["errno"] in ("ENOENT", "EALREADY")


# ----------------------------------------------------------------- the crowd


def test_storm(listen, monitor):
    """Opened and reset at once: each attempt is accounted for, none leaks."""
    listener = listen("on-limit", "reset", "max", "50")
    names = ("TcpExtListenDrops", "TcpAttemptFails")
    before = netstat(*names)
    attempts = 3000
    for i in range(attempts):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex((LOOP, port(listener)))
        if i % 2:
            s.close()
        else:
            reset(s)
    until(lambda: show(listener)["connections"] == 0, "the end of the storm")
    now = show(listener)
    assert now["accepted"] + now["rejected"] + netstat(*names) - before == attempts, now


@pytest.mark.slow
def test_ten_thousand(listen, world, monitor):
    """10,000 at once; afterwards all is as before."""
    count = 10000
    subprocess.run(["sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65535"], check=True)

    def slab():
        with open("/proc/meminfo") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("SUnreclaim:"))

    def in_use():
        with open("/proc/self/net/sockstat") as f:
            return f.read()

    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
    listener = listen("backlog", "4096")
    m = monitor("connection", "--rcvbuf", "32M")
    before, sockets = slab(), in_use()
    socks = []
    for i in range(count):
        socks.append(connect(listener, source=(f"127.0.0.{2 + i % 8}", 0)))
    until(lambda: show(listener)["connections"] == count, "10,000 connections", 120)
    assert len(knetctl("-j", "connection", "list").ok().json) == count
    during = slab()
    for s in socks:
        s.close()
    until(lambda: show(listener)["connections"] == 0, "their end", 120)
    events_of(m, listener, "connection-closed", count)
    for name in ("connection-accepted", "connection-closed"):
        ids = [e["id"] for e in m.events if e["event"] == name]
        assert len(ids) == len(set(ids)) == count
    assert not [e for e in m.events if e["event"] == "lost"]
    until(lambda: slab() < before + 8192, f"memory: {before} {during} {slab()} kB", 120)
    until(lambda: in_use().splitlines()[1].split()[2] == sockets.splitlines()[1].split()[2],
          "the sockets")


@pytest.mark.parametrize("words, text", [
    (["backlog"], "backlog: the value is missing"), (["max", "5", "dev"], "dev: the value is missing"),
    (["bogus", "1"], "unknown word 'bogus'"), (["service", "d"], "service 'd' is ambiguous"),
    (["max", "-"], "no number"), (["max", "4294967296"], "no number"), (["idle", "1e3"], "no time"),
    (["on-limit", "drop"], "unknown on-limit"), (["service"], "which service"),
    (["service", "file"], "which file"), (["per-source", "4/129"], "no number"),
])
def test_usage(world, words, text):
    got = knetctl("listener", "add", f"{LOOP}:0", *words)
    assert got.rc == 2 and text in got.err


def test_addresses(world):
    """What is no place to listen at, and why."""
    for where, rc, text in (("", 2, "is not ADDR:PORT"), ("::1:80", 2, "[ADDR]:PORT"),
                            (f"{LOOP}:65536", 2, "0 to 65535"), ("localhost:80", 2, "no address"),
                            ("[fe80::1]:80", 1, "needs its interface"),
                            ("192.0.2.1:80", 1, "none of this machine's")):
        got = knetctl("listener", "add", where)
        assert got.rc == rc and text in got.err, got
    got = knetctl("-4", "listener", "add", "[::1]:0")
    assert got.rc == 2 and "not of the family that -4 says" in got.err
    got = knetctl("listener", "set", "1", "max")
    assert got.rc == 2 and "max: the value is missing" in got.err
    assert knetctl("-j", "listener", "list").ok().json == []
