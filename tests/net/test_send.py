# SPDX-License-Identifier: GPL-2.0-only
"""Messages: datagrams, and bytes over TCP."""

import hashlib
import os
import signal
import socket
import subprocess
import threading
import time

import pytest

from command import jobs, knetctl
from wait import until
from world import CLIENT4, OTHER4, SERVER4, SERVER6

MiB = 1 << 20
LOOP = "127.0.0.1"


@pytest.fixture
def receiver(world):
    """A UDP socket on the loopback device, with room."""
    with world.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, 33, 16 * MiB)    # SO_RCVBUFFORCE
        s.bind((LOOP, 0))
        s.settimeout(10)
        yield s


def where(s):
    return "%s:%d" % s.getsockname()[:2]


@pytest.fixture
def sink(world):
    """sink(address=, delay=, ns=): a TCP server that counts what one connection brings."""
    servers = []

    class Sink:
        pass

    def make(address=LOOP, delay=0, ns=world.client):
        sink = Sink()
        sink.sock = ns.socket(socket.AF_INET, socket.SOCK_STREAM)
        sink.sock.bind((address, 0))
        sink.sock.listen()
        sink.where = where(sink.sock)
        sink.got, sink.count, sink.peer = hashlib.sha256(), 0, None

        def run():
            conn, sink.peer = sink.sock.accept()
            time.sleep(delay)
            while data := conn.recv(1 << 18):
                sink.got.update(data)
                sink.count += len(data)
            conn.close()
        sink.thread = threading.Thread(target=run, daemon=True)
        sink.thread.start()
        servers.append(sink.sock)
        return sink
    yield make
    for one in servers:
        one.close()


# ------------------------------------------------------------------- udp


def test_lab(world):
    """A5: the 14 bytes from 127.0.0.1:60000, and the 12 of the text."""
    with world.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((LOOP, 60001))
        s.settimeout(10)
        data = b"kernelsocket\n\0"
        got = knetctl("-j", "send", "udp", "127.0.0.1:60001", "--hex", data.hex(),
                      "--source", "127.0.0.1:60000").ok().json
        assert s.recvfrom(100) == (data, (LOOP, 60000))
        assert got["state"] == "done" and got["bytes"] == 14 and got["id"] is None
        assert got["local"] == {"address": LOOP, "port": 60000}
        knetctl("send", "udp", "127.0.0.1:60001", "--hex", data[:13].hex()).ok()
        assert s.recv(100) == data[:13]
        knetctl("send", "udp", "127.0.0.1:60001", "kernelsocket").ok()
        assert s.recv(100) == b"kernelsocket"


def test_empty(receiver):
    knetctl("send", "udp", where(receiver), "").ok()
    assert receiver.recv(10) == b""


@pytest.mark.parametrize("size", [1, 1472, 65507])
def test_file(receiver, directory, size):
    path = directory / "data"
    path.write_bytes(os.urandom(size))
    knetctl("send", "udp", where(receiver), "--file", path).ok()
    assert receiver.recv(1 << 16) == path.read_bytes()


def test_too_long(receiver, directory):
    path = directory / "data"
    path.write_bytes(bytes(65508))
    got = knetctl("-j", "send", "udp", where(receiver), "--file", path)
    assert got.rc == 1 and got.error["errno"] == "EMSGSIZE" and "65507" in got.error["message"]


def test_refused(world):
    """An ICMP error that comes at once is the command's."""
    got = knetctl("-j", "send", "udp", f"{LOOP}:9", "x")
    assert got.rc == 1 and got.error["errno"] == "ECONNREFUSED"


def test_refused_later(world):
    got = knetctl("-j", "send", "udp", f"{SERVER4}:9", "x", "--wait", "5")
    assert got.rc == 1 and got.error["errno"] == "ECONNREFUSED"
    got = knetctl("-j", "send", "udp", f"{SERVER4}:9", "x", "--count", "1000", "--rate", "200")
    assert got.rc == 1 and got.error["errno"] == "ECONNREFUSED"


def test_ipv6(world):
    with world.server.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.bind((SERVER6, 0))
        s.settimeout(10)
        knetctl("send", "udp", f"[{SERVER6}]:{s.getsockname()[1]}", "six", "--ttl", "7",
                "--tos", "0x20").ok()
        assert s.recv(10) == b"six"


def test_options(world):
    with world.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("", 0))
        s.settimeout(10)
        for option in (socket.IP_TTL, 13):      # IP_RECVTOS
            s.setsockopt(socket.SOL_IP, {socket.IP_TTL: 12, 13: 13}[option], 1)
        port = s.getsockname()[1]
        knetctl("send", "udp", f"{SERVER4}:{port}", "x", "--ttl", "9", "--tos", "32",
                "--dev", world.device, "--mark", "0x7", "--source", CLIENT4).ok()
        data, aux, _, peer = s.recvmsg(10, 100)
        assert data == b"x" and peer[0] == CLIENT4
        values = {kind: int.from_bytes(value[:4], "little") for _, kind, value in aux}
        assert values[socket.IP_TTL] == 9 and values[socket.IP_TOS] & 0xff == 32
        broadcast = "10.0.0.255"
        got = knetctl("-j", "send", "udp", f"{broadcast}:{port}", "b")
        assert got.rc == 1 and got.error["errno"] == "EACCES"
        assert "broadcast" in got.error["message"]
        knetctl("send", "udp", f"{broadcast}:{port}", "b", "--broadcast").ok()
        assert s.recv(10) == b"b"


def test_multicast(world):
    with world.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("", 0))
        s.settimeout(10)
        group = socket.inet_aton("239.1.2.3")
        s.setsockopt(socket.SOL_IP, socket.IP_ADD_MEMBERSHIP, group + socket.inet_aton(SERVER4))
        knetctl("send", "udp", f"239.1.2.3:{s.getsockname()[1]}", "m",
                "--multicast-if", world.device).ok()
        assert s.recv(10) == b"m"


@pytest.mark.parametrize("size", [1, 64, 1400, 40000])
def test_count(receiver, size):
    """Many at once, also in parts of one packet: each is a datagram of its own."""
    count = 500 if size < 2000 else 20
    data = os.urandom(size)
    path = f"/proc/self/fd/{os.memfd_create('data')}"
    with open(path, "wb") as f:
        f.write(data)
    got = knetctl("-j", "send", "udp", where(receiver), "--file",
                  path.replace("self", str(os.getpid())), "--count", count).ok().json
    os.close(int(path.rsplit("/", 1)[1]))
    assert got["sent"] == count and got["bytes"] == count * size
    for _ in range(count):
        assert receiver.recv(1 << 16) == data


def test_pace(receiver):
    start = time.monotonic()
    knetctl("send", "udp", where(receiver), "x", "--count", "50", "--rate", "100").ok()
    took = time.monotonic() - start
    assert 0.48 <= took < 5
    for _ in range(50):
        receiver.recv(1)


def test_cancel(receiver, background):
    """A paced send ends when it is interrupted; by rest it says how far it was."""
    running = background("-j", "send", "udp", where(receiver), "x", "--count", "1000000",
                         "--interval", "0.01")
    for _ in range(5):
        receiver.recv(1)
    running.signal(signal.SIGINT)
    assert running.wait().rc == 5
    ident = knetctl("-j", "send", "udp", where(receiver), "x", "--count", "1000000",
                    "--interval", "1", "--no-wait").ok().json["id"]
    assert [j["state"] for j in jobs() if j["id"] == ident][0] in ("queued", "running")
    knetctl("job", "cancel", ident).ok()
    assert knetctl("job", "wait", ident).rc == 5


# ------------------------------------------------------------------- tcp


@pytest.mark.parametrize("size", [1, 80, 65536, 100 * MiB])
def test_tcp_nc(world, directory, size):
    """The character device, done right: nc gets it whole."""
    path, target = directory / "data", directory / "got"
    with open(path, "wb") as f:
        for _ in range(0, size, MiB):
            f.write(os.urandom(min(size, MiB)))
    with open(target, "wb") as out:
        nc = subprocess.Popen(["nc", "-l", LOOP, "2001"], stdin=subprocess.DEVNULL, stdout=out)
        until(lambda: ":2001 " in subprocess.run(["ss", "-Htln"], capture_output=True,
                                                 text=True, check=True).stdout, "nc")
        got = knetctl("-j", "send", "tcp", f"{LOOP}:2001", "--file", path).ok().json
        assert nc.wait(30) == 0
    assert got["state"] == "done" and got["bytes"] == got["size"] == size
    assert subprocess.run(["cmp", path, target], check=False).returncode == 0


def test_tcp_text(sink):
    one = sink()
    knetctl("send", "tcp", one.where, "text here").ok()
    one.thread.join(10)
    assert one.got.digest() == hashlib.sha256(b"text here").digest()


def test_tcp_stdin(sink):
    data = os.urandom(3 * MiB)
    one = sink()
    subprocess.run(["knetctl", "send", "tcp", one.where, "--file", "-"], input=data, check=True,
                   capture_output=True)
    one.thread.join(10)
    assert one.got.digest() == hashlib.sha256(data).digest()


def test_tcp_slow(sink, directory):
    """Done is when the peer has it, not when it is in a queue."""
    path = directory / "data"
    path.write_bytes(os.urandom(8 * MiB))
    one = sink(delay=1)
    got = knetctl("-j", "send", "tcp", one.where, "--file", path).ok().json
    assert got["duration_ns"] > 900_000_000
    one.thread.join(10)
    assert one.count == 8 * MiB


def test_tcp_refused(world):
    got = knetctl("-j", "send", "tcp", f"{LOOP}:9", "x")
    assert got.rc == 1 and got.error["errno"] == "ECONNREFUSED"


def test_tcp_reset(world, directory):
    """The peer's reset is reported."""
    path = directory / "data"
    path.write_bytes(bytes(8 * MiB))
    with world.client.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.bind((LOOP, 0))
        s.listen()

        def run():
            conn, _ = s.accept()
            conn.recv(10)
            conn.close()
        threading.Thread(target=run).start()
        got = knetctl("-j", "send", "tcp", where(s), "--file", path)
    assert got.rc == 1 and got.error["errno"] == "ECONNRESET", got


def test_tcp_timeouts(world):
    """Nobody answers; and somebody who never reads."""
    got = knetctl("-j", "send", "tcp", f"{OTHER4}:9", "x", "--timeout", "0.5")
    assert got.rc == 5 and got.error["errno"] == "ETIMEDOUT", got
    with world.client.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.bind((LOOP, 0))
        s.listen()
        fd = os.memfd_create("data")
        os.ftruncate(fd, 64 * MiB)
        got = knetctl("-j", "send", "tcp", where(s), "--file", f"/proc/{os.getpid()}/fd/{fd}",
                      "--timeout", "1")
        os.close(fd)
    assert got.rc == 5 and got.error["errno"] == "ETIMEDOUT", got


def test_tcp_lost_packets(world, sink, directory):
    """All packets lost for 3 s around the end: the data arrives."""
    path = directory / "data"
    path.write_bytes(os.urandom(200000))
    one = sink(address=SERVER4, ns=world.server)
    tc = ["tc", "qdisc", "{}", "dev", world.device, "root", "netem", "loss", "100%"]
    add = [w.format("add") for w in tc]
    if subprocess.run(add, check=False, capture_output=True).returncode:
        pytest.skip("no netem")
    try:
        running = threading.Timer(3, lambda: subprocess.run(
            world.client.command("tc", "qdisc", "del", "dev", world.device, "root"), check=True))
        running.start()
        got = knetctl("-j", "send", "tcp", one.where, "--file", path).ok().json
    finally:
        running.join()
    one.thread.join(20)
    assert one.count == 200000 and got["duration_ns"] > 2_500_000_000


def test_arguments(world):
    for args in (["udp", LOOP + ":9"], ["udp", LOOP, "x"], ["tcp", f"{LOOP}:9", "x", "--count", "2"],
                 ["udp", f"{LOOP}:9", "x", "--hex", "00"], ["udp", f"{LOOP}:9", "--hex", "0"],
                 ["udp", f"{LOOP}:0", "x"], ["udp", f"{LOOP}:9", "x", "--ttl", "0"],
                 ["udp", f"{LOOP}:9", "x", "--count", "2", "--interval", "0", "--rate", "5"]):
        assert knetctl("send", *args).rc == 2, args
    got = knetctl("-j", "send", "udp", f"{LOOP}:9", "x", "--source", "192.0.2.7")
    assert got.error["attribute"] == "source" and got.error["errno"] == "EADDRNOTAVAIL"
    for how in (["udp"], ["tcp"]):
        got = knetctl("-j", "send", *how, "[fe80::1]:9", "x")
        assert got.error["errno"] == "EINVAL" and "needs its interface" in got.error["message"]
