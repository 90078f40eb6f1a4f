# SPDX-License-Identifier: GPL-2.0-only
"""filter: the rules, and what of them is reported."""

import contextlib
import errno
import os
import socket
import struct
import subprocess
import threading
import time

import pytest

import uapi
from command import Running, knetctl
from filters import Watch, build_syns, connect, count, rules
from genl import Genl, Refused, attr, nest, u16, u32
from module import parameter
from wait import until
from world import SERVER4, SERVER6, Netns, ip, netstat

AF4, AF6 = socket.AF_INET, socket.AF_INET6


@pytest.fixture(autouse=True)
def empty(world):
    knetctl("filter", "flush").ok()
    yield
    knetctl("filter", "flush").ok()


@pytest.fixture
def watch(directory):
    """watch(*args): a monitor of the filter that has begun."""
    watches = []

    def start(*args, **kwargs):
        watches.append(Watch(directory, "filter", *args, **kwargs))
        return watches[-1]
    yield start
    for one in watches:
        one.close()


def listener(address="127.0.0.1", port=60000, family=AF4):
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port))
    s.listen()
    return s


def say(server, text, to):
    """Send a text through a connection to @to; what arrived."""
    with socket.create_connection(to) as client:
        client.sendall(text)
        ours = client.getsockname()[1]
    peer, _ = server.accept()
    with peer:
        got = b""
        while data := peer.recv(4096):
            got += data
    return got, ours


# ---------------------------------------------------------- the lab's checks

def test_all(watch):
    """A1: every outgoing connection, once, and what it carries arrives."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    with listener() as server:
        got, port = say(server, b"Should show up in filter.", ("127.0.0.1", 60000))
    assert got == b"Should show up in filter."
    knetctl("filter", "flush").ok()
    connect("127.0.0.1", 60000)
    assert w.stop() == 0
    event, = w.matches()
    assert event["local"] == {"address": "127.0.0.1", "port": port}
    assert event["remote"] == {"address": "127.0.0.1", "port": 60000}
    assert event["rule"] == "any"
    assert event["attribution"] == "task" and event["pid"] == os.getpid()
    with open("/proc/self/comm", encoding="utf-8") as f:
        assert event["comm"] == f.read().strip()
    assert event["uid"] == os.getuid() and event["seq"] > 0
    assert event["netns"] == os.stat("/proc/thread-self/ns/net").st_ino


def test_one_address(watch):
    """A2: only those to one address are reported, and none is held up."""
    w = watch()
    with listener(address="0.0.0.0") as server:
        knetctl("filter", "add", "127.0.0.1").ok()
        assert say(server, b"first", ("127.0.0.1", 60000))[0] == b"first"
        knetctl("filter", "replace", "127.0.0.2").ok()
        assert [r["rule"] for r in rules()] == ["127.0.0.2/32"]
        assert say(server, b"second", ("127.0.0.1", 60000))[0] == b"second"
        assert say(server, b"third", ("127.0.0.2", 60000))[0] == b"third"
        knetctl("filter", "flush").ok()
        assert say(server, b"fourth", ("127.0.0.1", 60000))[0] == b"fourth"
    w.stop()
    assert [e["remote"]["address"] for e in w.matches()] == ["127.0.0.1", "127.0.0.2"]


# -------------------------------------------------------------------- rules

def test_save_is_what_replace_reads(directory):
    knetctl("filter", "add", "10.0.0.0/8", "port", "80-443").ok()
    knetctl("filter", "add", "10.0.0.0/8", "port", "22", "exclude").ok()
    knetctl("filter", "add", "any", "comment", 'a "quote", \\ and # ü').ok()
    knetctl("filter", "add", "2001:db8::/32", "::/0", "timeout", "1000.5").ok()
    saved = directory / "saved"
    saved.write_text(knetctl("filter", "save").ok().out)
    assert len(saved.read_text().splitlines()) == 5
    before = {r["rule"]: r for r in rules()}
    knetctl("filter", "flush").ok()
    assert rules() == []
    knetctl("filter", "replace", saved).ok()
    after = {r["rule"]: r for r in rules()}
    for rule in [*before.values(), *after.values()]:
        if rule["timeout_ms"]:
            assert 900000 < rule.pop("timeout_ms") <= 1000500
    assert after == before
    assert after["any"]["comment"] == 'a "quote", \\ and # ü'
    assert after["10.0.0.0/8 port 22 exclude"]["port_min"] == 22


def test_one_family():
    knetctl("filter", "add", "10.0.0.0/8", "2001:db8::/32", "any").ok()
    for family, wanted in (("-4", {"10.0.0.0/8", "any"}), ("-6", {"2001:db8::/32", "any"})):
        assert {r["rule"] for r in knetctl(family, "-j", "filter", "list").ok().json} == wanted
        assert set(knetctl(family, "filter", "save").ok().out.splitlines()) == wanted
    assert knetctl("-4", "filter", "test", "2001:db8::1").rc == 2
    knetctl("-6", "filter", "test", "2001:db8::1").ok()


def test_ranges():
    knetctl("filter", "add", "10.0.0.5-10.0.1.7").ok()
    assert {r["rule"] for r in rules()} == {
        "10.0.0.5/32", "10.0.0.6/31", "10.0.0.8/29", "10.0.0.16/28", "10.0.0.32/27",
        "10.0.0.64/26", "10.0.0.128/25", "10.0.1.0/29"}
    knetctl("filter", "del", "10.0.0.5-10.0.1.7").ok()
    knetctl("filter", "add", "0.0.0.0-255.255.255.255", "fe80::-fe80::1").ok()
    assert {r["rule"] for r in rules()} == {"0.0.0.0/0", "fe80::/127"}
    knetctl("filter", "replace", "::ffff:10.1.0.0/112").ok()
    assert [r["rule"] for r in rules()] == ["10.1.0.0/16"]


def test_keys():
    knetctl("filter", "add", "10.1.2.3/8").ok()
    again = knetctl("-j", "filter", "add", "10.0.0.0/8", "comment", "other")
    assert again.rc == 1 and again.error["errno"] == "EEXIST"
    knetctl("filter", "add", "10.0.0.0/8", "exclude").ok()
    knetctl("filter", "add", "10.0.0.0/8", "port", "1").ok()
    knetctl("filter", "add", "10.0.0.0/8", "comment", "other", "--replace").ok()
    assert {r["rule"]: r["comment"] for r in rules()} == {
        "10.0.0.0/8": "other", "10.0.0.0/8 exclude": None, "10.0.0.0/8 port 1": None}
    # All or none.
    gone = knetctl("-j", "filter", "del", "10.0.0.0/8", "11.0.0.0/8")
    assert gone.rc == 1 and gone.error["errno"] == "ENOENT" and "11.0.0.0/8" in gone.err
    assert count() == 3
    assert knetctl("filter", "add", "12.0.0.0/8", "10.0.0.0/8").rc == 1
    assert count() == 3
    knetctl("filter", "del", "10.0.0.0/8", "exclude").ok()
    assert count() == 2


def test_which_rule():
    knetctl("filter", "add", "any").ok()
    knetctl("filter", "add", "10.0.0.0/8", "port", "1-1000").ok()
    knetctl("filter", "add", "10.0.0.0/8", "port", "80").ok()
    knetctl("filter", "add", "10.1.0.0/16", "exclude").ok()
    knetctl("filter", "add", "10.1.1.0/24", "port", "80").ok()

    def test(remote):
        got = knetctl("filter", "test", remote)
        assert got.err == "" and (got.rc == 0) == bool(got.out)
        return got.out.strip()
    assert test("10.0.0.1:80") == "10.0.0.0/8 port 80"
    assert test("10.0.0.1:81") == "10.0.0.0/8 port 1-1000"
    assert test("10.0.0.1:1001") == "any"
    assert test("10.1.0.1:80") == ""
    assert test("10.1.1.1:80") == "10.1.1.0/24 port 80"
    assert test("10.1.1.1:81") == ""
    assert test("[2001:db8::1]:80") == "any"
    assert test("10.0.0.1") == "10.0.0.0/8 port 80"
    assert all(r["hits"] == 0 for r in rules())
    knetctl("filter", "flush").ok()
    assert test("10.0.0.1:80") == ""


def test_hits(watch):
    knetctl("filter", "add", "127.0.0.0/8").ok()
    knetctl("filter", "add", "127.0.0.3", "exclude").ok()
    w = watch()
    before = time.time()
    for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.3"):
        connect(address, 1)
    w.stop()
    hits = {r["rule"]: r for r in rules()}
    assert hits["127.0.0.0/8"]["hits"] == 2 and hits["127.0.0.3/32 exclude"]["hits"] == 2
    last = time.strptime(hits["127.0.0.0/8"]["last_hit"][:19], "%Y-%m-%dT%H:%M:%S")
    assert before - 2 <= __import__("calendar").timegm(last) <= time.time() + 1
    assert [e["remote"]["address"] for e in w.matches()] == ["127.0.0.1", "127.0.0.2"]


def test_timeout():
    knetctl("filter", "add", "10.0.0.0/8", "timeout", "0.7").ok()
    knetctl("filter", "add", "10.0.0.0/8", "port", "1", "timeout", "100").ok()
    # On a slow machine it may be over already.
    left = [r["timeout_ms"] for r in rules() if r["rule"] == "10.0.0.0/8"]
    assert all(0 < ms <= 700 for ms in left)
    until(lambda: count() == 1, "the end of the timeout")
    assert knetctl("filter", "test", "10.0.0.1:2").rc == 1
    # A timeout that is overwritten is no more.
    knetctl("filter", "add", "10.0.0.0/8", "port", "1", "--replace").ok()
    assert rules()[0]["timeout_ms"] is None
    knetctl("filter", "add", "11.0.0.0/8", "timeout", "0.2").ok()
    knetctl("filter", "del", "10.0.0.0/8", "port", "1").ok()
    until(lambda: count() == 0, "the end of the last rule")


@pytest.mark.parametrize("words, text", [
    (["10.0.0.0/33"], "has no length"), (["10.0.0.9-10.0.0.1"], "ends before"),
    (["10.0.0.1-::1"], "same family"), (["10.0.0.0/8", "port", "0"], "no port"),
    (["10.0.0.0/8", "port", "5-1"], "no port"), (["10.0.0.0/8", "timeout", "0"], "no time"),
    (["10.0.0.0/8", "timeout", "1e3"], "no time"),
    (["10.0.0.0/8", "comment", "x" * 256], "255 bytes"), (["10.0.0.0/8", "colour", "1"], "neither"),
    (["10.0.0.0/8", "comment", "a\nb"], "control bytes"), ([], "which prefix"),
    (["10.0.0.0/8", "port", "80", "port", "443"], "port is there twice"),
    (["10.0.0.0/8", "timeout", "1", "timeout", "2"], "timeout is there twice"),
    (["10.0.0.0/8", "comment", "a", "comment", "b"], "comment is there twice"),
    (["10.0.0.0/8", "port", "0-0"], "no port"),
    (["10.0.0.0/8", "port"], "value is missing"), (["host.example"], "is no prefix"),
])
def test_usage(words, text):
    got = knetctl("filter", "add", *words)
    assert got.rc == 2 and text in got.err and count() == 0


def test_replace_names_the_line(directory):
    knetctl("filter", "add", "192.0.2.0/24").ok()
    bad = directory / "bad"
    for line, rc in (("10.0.0.0/8", 1), ("10.0.0.0/99", 2), ("nonsense", 2)):
        bad.write_text(f"# rules\n\n10.0.0.0/8\n11.0.0.0-11.0.0.9\n{line}\n12.0.0.0/8\n")
        got = knetctl("filter", "replace", bad)
        assert got.rc == rc and f"{bad}:5: " in got.err
        # What failed changed nothing.
        assert [r["rule"] for r in rules()] == ["192.0.2.0/24"]
    assert knetctl("filter", "replace", directory / "none").rc == 1
    bad.write_text("")
    knetctl("filter", "replace", bad).ok()
    assert count() == 0


def test_limit():
    with parameter("max_filters", 3):
        knetctl("filter", "add", "10.0.0.0/8", "11.0.0.0/8").ok()
        got = knetctl("-j", "filter", "add", "12.0.0.0/8", "13.0.0.0/8")
        assert got.error["errno"] == "ENOSPC" and "max_filters" in got.error["message"]
        assert count() == 2
        assert knetctl("filter", "replace", "1.0.0.0/8", "2.0.0.0/8", "3.0.0.0/8",
                       "4.0.0.0/8").rc == 1
        assert count() == 2


def test_there_already_though_full():
    with parameter("max_filters", 1):
        knetctl("filter", "add", "10.0.0.0/8").ok()
        assert knetctl("-j", "filter", "add", "10.0.0.0/8").error["errno"] == "EEXIST"
        knetctl("filter", "add", "10.0.0.0/8", "comment", "x", "--replace").ok()


def test_port_0(directory):
    """What a program can add, save writes and replace reads."""
    def rule(low, high):
        return nest(uapi.A_FILTER_LIST_RULE, attr(uapi.A_FILTER_ADDRESS, bytes([10, 0, 0, 0])),
                    u16(uapi.A_FILTER_PORT_MIN, low), u16(uapi.A_FILTER_PORT_MAX, high))
    with Genl() as sock:
        with pytest.raises(Refused):
            sock.request(uapi.CMD_FILTER_ADD, rule(0, 0))
        sock.request(uapi.CMD_FILTER_ADD, rule(0, 80))
        sock.request(uapi.CMD_FILTER_ADD, rule(0, 65535))
    before = sorted(r["rule"] for r in rules())
    assert before == ["10.0.0.0/32", "10.0.0.0/32 port 0-80"]
    (directory / "saved").write_text(knetctl("filter", "save").ok().out)
    knetctl("filter", "replace", directory / "saved").ok()
    assert sorted(r["rule"] for r in rules()) == before
    knetctl("filter", "del", "10.0.0.0", "port", "0-80").ok()
    knetctl("filter", "del", "10.0.0.0", "port", "0-65535").ok()


def test_line_without_end():
    """It must not take all memory there is."""
    knetctl("filter", "add", "192.0.2.0/24").ok()
    for words in (["filter", "replace", "/dev/zero"], ["-b", "/dev/zero"]):
        got = knetctl("-j", *words, prefix=("prlimit", "--as=300000000"))
        assert got.rc == 1 and got.error["errno"] == "EMSGSIZE", got
    assert count() == 1


def test_busy_is_no_rules_fault(directory):
    path = directory / "rules"
    path.write_text("10.0.0.0/8\n")
    begin = u32(uapi.A_FILTER_LIST_FLAGS, uapi.FILTER_LIST_FLAGS_BEGIN)
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(Genl()).request(uapi.CMD_FILTER_REPLACE, begin)
        got = knetctl("-j", "filter", "replace", path)
        assert got.rc == 1 and got.error["errno"] == "EBUSY"
        assert got.error["attribute"] is None and str(path) not in got.error["message"]
    knetctl("filter", "replace", path).ok()


def test_replace_misses_a_message():
    """One that netlink itself refuses is not seen; the count of the rules tells."""
    knetctl("filter", "add", "192.0.2.0/24").ok()

    def rule(last):
        return nest(uapi.A_FILTER_LIST_RULE, attr(uapi.A_FILTER_ADDRESS, bytes([10, 0, 0, last])),
                    attr(uapi.A_FILTER_PREFIX_LEN, bytes([32])))

    def flags(value):
        return u32(uapi.A_FILTER_LIST_FLAGS, value)
    begin, commit = uapi.FILTER_LIST_FLAGS_BEGIN, uapi.FILTER_LIST_FLAGS_COMMIT
    broken = flags(1 << 31)
    with Genl() as sock:
        sock.request(uapi.CMD_FILTER_REPLACE, rule(1) + flags(begin))
        with pytest.raises(Refused):
            sock.request(uapi.CMD_FILTER_REPLACE, rule(2) + broken)
        with pytest.raises(Refused) as refused:
            sock.request(uapi.CMD_FILTER_REPLACE, rule(3) + flags(commit) +
                         u32(uapi.A_FILTER_LIST_COUNT, 4))
        assert refused.value.errno == errno.EINVAL and "count" in refused.value.text
        assert [r["rule"] for r in rules()] == ["192.0.2.0/24"]
        # What was begun is gone.
        with pytest.raises(Refused):
            sock.request(uapi.CMD_FILTER_REPLACE, rule(3) + flags(commit))
        sock.request(uapi.CMD_FILTER_REPLACE, rule(1) + flags(begin))
        sock.request(uapi.CMD_FILTER_REPLACE, rule(3) + flags(commit) +
                     u32(uapi.A_FILTER_LIST_COUNT, 2))
    assert count() == 2


def test_replace_dies_with_its_sender():
    """Half a replace on a pipe, then no more: nothing of it is in force."""
    knetctl("filter", "add", "192.0.2.0/24").ok()
    lines = "".join(f"10.{i >> 8}.{i & 255}.0/24\n" for i in range(5000)).encode()
    for _ in range(6):	# more than may be under way at once
        r = Running(["filter", "replace", "-"], stdin=subprocess.PIPE)
        r.process.stdin.write(lines)
        r.process.stdin.flush()
        time.sleep(0.2)
        r.process.kill()
        r.process.communicate()
    assert [x["rule"] for x in rules()] == ["192.0.2.0/24"]
    knetctl("filter", "replace", "198.51.100.0/24").ok()


def test_replace_is_atomic(directory, watch):
    """Readers see the old rules or the new ones: one address is always reported."""
    files = []
    for n in (1, 2):
        files.append(directory / f"rules{n}")
        files[-1].write_text("".join(f"10.{n}.{i & 255}.0/24\n" for i in range(256)) +
                             f"127.0.0.1 port {n}-1000\n")
    knetctl("filter", "replace", files[0]).ok()
    w = watch()
    stop = threading.Event()
    made = []

    def connects():
        while not stop.is_set():
            made.append(connect("127.0.0.1", 500))
    thread = threading.Thread(target=connects)
    thread.start()
    try:
        for i in range(10):
            knetctl("filter", "replace", files[1 - i % 2]).ok()
    finally:
        stop.set()
        thread.join()
    w.stop()
    assert [e["local"]["port"] for e in w.matches()] == made
    assert {e["rule"] for e in w.matches()} == {"127.0.0.1/32 port 1-1000",
                                                "127.0.0.1/32 port 2-1000"}


# ------------------------------------------------------- what is an attempt

def one(w, port):
    """The one event of the attempt to a port."""
    until(lambda: any(e["remote"]["port"] == port for e in w.matches()), f"port {port}")
    event, = [e for e in w.matches() if e["remote"]["port"] == port]
    return event


def test_programs(world, watch, scripted):
    """curl, python, ncat, the kernel's own FTP: whose it is, or that it is unknown."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    for port, args in ((7001, ["curl", "-s", f"http://{SERVER4}:7001/"]),
                       (7002, ["python3", "-c", "import socket; socket.socket().connect_ex("
                               f"('{SERVER4}', 7002))"]),
                       (7003, ["ncat", SERVER6, "7003"])):
        p = subprocess.Popen(args, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        p.wait()
        event = one(w, port)
        assert event["attribution"] == "task" and event["pid"] == p.pid
        assert event["comm"] == args[0] and event["uid"] == 0
        assert event["remote"]["address"] == (SERVER6 if port == 7003 else SERVER4)
    # For the kernel's own connection nobody's name is made up.
    knetctl("ftp", "get", "--connect-timeout", "5", f"ftp://{SERVER4}:7004/x", "/tmp/none")
    event = one(w, 7004)
    assert event["attribution"] == "none" and "pid" not in event and "comm" not in event
    assert event["uid"] == 0 and event["cgroup"]


def test_other_uid(watch):
    """The socket's owner, not the process: a thread with another uid."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    subprocess.run(["python3", "-c", """
import ctypes, socket, threading
def other():
    assert ctypes.CDLL(None).syscall(117, 1000, 1000, 1000) == 0
    socket.socket().connect_ex(("127.0.0.1", 7101))
thread = threading.Thread(target=other)
thread.start()
thread.join()
socket.socket().connect_ex(("127.0.0.1", 7102))
"""], check=True)
    assert one(w, 7101)["uid"] == 1000 and one(w, 7102)["uid"] == 0
    assert one(w, 7101)["pid"] == one(w, 7102)["pid"]


@pytest.fixture
def dropped(world):
    """Ports 7200 to 7299 never answer."""
    rules_of_nft = """table inet drop_syn { chain o { type filter hook output priority 0;
        tcp dport 7200-7299 drop; }; }"""
    subprocess.run(["nft", "-f", "-"], input=rules_of_nft, text=True, check=True)
    yield
    subprocess.run(["nft", "delete", "table", "inet", "drop_syn"], check=True)


def retransmitted():
    return netstat("TcpExtTCPSynRetrans")


def test_retransmissions(watch, dropped):
    """A SYN that is sent again is no new attempt; with Fast Open, too."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    before = retransmitted()
    with socket.socket() as plain, socket.socket() as fast:
        plain.setblocking(False)
        fast.setblocking(False)
        assert plain.connect_ex(("127.0.0.1", 7201))
        with pytest.raises(BlockingIOError):
            fast.sendto(b"data", 0x20000000, ("127.0.0.1", 7202))
        until(lambda: retransmitted() >= before + 4, "two retransmissions of each")
        # The same socket once more is a new attempt.
        plain.close()
    connect("127.0.0.1", 7201, timeout=0.1)
    w.stop()
    assert sorted(e["remote"]["port"] for e in w.matches()) == [7201, 7201, 7202]
    assert all(e["attribution"] == "task" for e in w.matches())


def test_fast_open_dropped(watch, dropped):
    """A SYN with data that a firewall drops is followed at once by one without."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    with socket.socket() as fast:
        fast.setblocking(False)
        fast.setsockopt(socket.IPPROTO_TCP, 34, 1)	# TCP_FASTOPEN_NO_COOKIE
        with contextlib.suppress(BlockingIOError):
            fast.sendto(b"data", 0x20000000, ("127.0.0.1", 7203))
    w.stop()
    assert [e["remote"]["port"] for e in w.matches()] == [7203]


def tcp_syn(port, flags=2):
    return struct.pack("!HHLLBBHHH", 1234, port, 1, 0, 5 << 4, flags, 1024, 0, 0)


def ip4(payload, ihl=5, fragment=0, options=b""):
    return struct.pack("!BBHHHBBH4s4s", 4 << 4 | ihl, 0, 0, 1, fragment, 64, 6, 0,
                       bytes(4), bytes([127, 0, 0, 1])) + options + payload


def test_raw(watch):
    """Each SYN of a raw socket is an attempt; what is no whole SYN is none."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    with socket.socket(AF4, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        for _ in range(3):
            raw.sendto(tcp_syn(7301), ("127.0.0.1", 0))
        raw.sendto(tcp_syn(7302, flags=0x12), ("127.0.0.1", 0))	# SYN and ACK
    with socket.socket(AF4, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        def send(packet):
            try:
                raw.sendto(packet, ("127.0.0.1", 0))
            except OSError:
                pass
        send(ip4(tcp_syn(7303)))
        send(ip4(tcp_syn(7304), ihl=6, options=bytes([1, 1, 1, 0])))
        send(ip4(tcp_syn(7305)[:19]))
        send(ip4(tcp_syn(7306)[:13]))
        send(ip4(b""))
        send(ip4(tcp_syn(7307), fragment=100))
        for ihl in (0, 1, 4, 11, 15):
            send(ip4(tcp_syn(7308), ihl=ihl))
    with socket.socket(AF6, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        one_is = socket.inet_pton(AF6, "::1")

        def send6(following, payload):
            raw.sendto(struct.pack("!LHBB", 6 << 28, len(payload), following, 64) +
                       one_is + one_is + payload, ("::1", 0))
        padding = bytes([6, 0, 1, 4, 0, 0, 0, 0])
        send6(6, tcp_syn(7309))
        send6(60, padding + tcp_syn(7310))	# behind destination options
        send6(60, padding[:4])
        send6(60, bytes([6, 200]) + bytes(6))
        send6(44, struct.pack("!BBHL", 6, 0, 8 << 3, 1) + tcp_syn(7311))
    w.stop()
    assert [e["remote"]["port"] for e in w.matches()] == [
        7301, 7301, 7301, 7303, 7304, 7309, 7310]


def test_options_and_data(watch):
    """IP options, and much data behind the SYN: one event each."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    with listener(port=7401) as server, socket.socket() as s:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes([7, 11, 4] + [0] * 9))
        s.connect(("127.0.0.1", 7401))
        peer, _ = server.accept()
        sent = threading.Thread(target=s.sendall, args=(bytes(4 << 20),))
        sent.start()
        left = 4 << 20
        while left:
            left -= len(peer.recv(1 << 20))
        sent.join()
        peer.close()
    w.stop()
    assert [e["remote"]["port"] for e in w.matches()] == [7401]


@pytest.mark.parametrize("qdisc", [False, True])
def test_vrf(watch, qdisc):
    """Once, not twice, under a VRF; both ways in which it sends."""
    ip("link add red type vrf table 100", "link set red up",
       "link add red1 type veth peer name red2", "link set red1 master red",
       "address add 10.9.0.1/24 dev red1", "address add fd09::1/64 dev red1 nodad",
       "address add 10.9.1.1/32 dev red", "link set red1 up", "link set red2 up")
    try:
        if qdisc:
            subprocess.run(["tc", "qdisc", "add", "dev", "red", "root", "pfifo"], check=True)
        knetctl("filter", "add", "any").ok()
        w = watch()
        targets = [(AF4, "10.9.0.2", 7501), (AF4, "10.9.0.1", 7502), (AF4, "10.9.1.1", 7503),
                   (AF6, "fd09::2", 7504), (AF6, "fd09::1", 7505), (AF6, "fe80::2%red1", 7506)]
        for family, address, port in targets:
            with socket.socket(family) as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                             b"red1" if "%" in address else b"red")
                s.settimeout(0.1)
                try:
                    s.connect(socket.getaddrinfo(address, port)[0][4])
                except OSError:
                    pass
        w.stop()
        assert [e["remote"]["port"] for e in w.matches()] == [t[2] for t in targets]
        assert all(e["attribution"] == "task" for e in w.matches())
    finally:
        ip("link del red1", "link del red")


# ------------------------------------------------------------------- scale

def test_list_in_pieces(directory):
    """A list of many messages: each rule once."""
    many = directory / "many"
    wanted = {f"10.{i >> 8 & 255}.{i & 255}.0/24" for i in range(20000)}
    many.write_text("".join(f"{x}\n" for x in wanted))
    knetctl("filter", "replace", many).ok()
    listed = knetctl("filter", "save").ok().out.split()
    assert len(listed) == len(wanted) and set(listed) == wanted
    terse = knetctl("-j", "filter", "list", "--terse").ok().json
    assert terse["count"] == terse["count_ipv4"] == len(wanted)
    assert terse["bytes"] < 64 * len(wanted) + 100000


def test_netns_goes_with_rules(world):
    subprocess.run(["ip", "netns", "add", "short"], check=True)
    knetctl("-n", "short", "filter", "add", "any", "timeout", "100").ok()
    assert count() == 0
    subprocess.run(["ip", "netns", "del", "short"], check=True)
    until(lambda: not os.path.exists(Netns("short").path), "the namespace's end")


class Connecting:
    """Connections one after the other, in the background."""

    def __init__(self, address, family):
        self.made = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(address, family))
        self._thread.start()

    def _run(self, address, family):
        while not self._stop.wait(0.005):
            self.made.append(connect(address, 1, family))

    def stop(self):
        self._stop.set()
        self._thread.join()


def million(path, family, first):
    """A million rules, of which the first is for our own connections."""
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{first}\n")
        for i in range(1, 1000000):
            n = i * 2654435761 & 0xffffff
            f.write(f"{n >> 16}.{n >> 8 & 255}.{n & 255}.0/24\n" if family == AF4 else
                    f"2001:{n >> 8:x}:{n & 255:x}::/48\n")


@pytest.mark.slow
@pytest.mark.parametrize("family, own, other", [(AF4, "127.0.0.1/32", "255.1.1.1/32"),
                                                (AF6, "::1/128", "3000::/48")])
def test_million(directory, watch, family, own, other):
    """Load, add, del and replace of a million prefixes: each connection meanwhile is told, once."""
    path = directory / "million"
    million(path, family, own)
    knetctl("filter", "add", own).ok()
    w = watch()
    connecting = Connecting(own.split("/", maxsplit=1)[0], family)
    try:
        for what, words in (("load", ["replace", path]), ("add", ["add", other]),
                            ("del", ["del", other]), ("replace", ["replace", path])):
            before = len(connecting.made), time.monotonic()
            knetctl("filter", *words, limit=600).ok()
            took = time.monotonic() - before[1]
            terse = knetctl("-j", "filter", "list", "--terse").ok().json
            assert terse["count"] == 1000000 + (what == "add") and terse["bytes"] < 64 << 20
            # Some are on their way in any case before the next change.
            until(lambda: len(connecting.made) > before[0] + 2, "connections")
            print(f"{what}: {took:.2f} s, {len(connecting.made) - before[0]} connections, "
                  f"{terse['bytes'] >> 20} MiB")
        assert knetctl("filter", "test", own.split("/", maxsplit=1)[0]).out == own + "\n"
        knetctl("filter", "replace", own).ok()
    finally:
        connecting.stop()
    w.stop()
    assert [e["local"]["port"] for e in w.matches()] == connecting.made


def test_syns_program(directory, watch):
    """The SYNs of the loss tests are counted as sent."""
    knetctl("filter", "add", "any").ok()
    w = watch()
    subprocess.run([build_syns(directory), "127.0.0.1", "1", "1000"], check=True)
    w.stop()
    assert len(w.matches()) == 1000


def test_other_words():
    """delete is del, show without an id is list."""
    knetctl("filter", "add", "10.1.0.0/16").ok()
    assert knetctl("-j", "filter", "show").ok().json == rules()
    knetctl("filter", "delete", "10.1.0.0/16").ok()
    assert not rules()
