# SPDX-License-Identifier: GPL-2.0-only
"""The stream of events: what is lost is counted, and nothing is told twice."""

import contextlib
import itertools
import os
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest

from command import Monitor, knetctl
from filters import Watch, build_syns, connect, last_seq
from wait import until
from world import SERVER4

# Somebody who does not answer, and whose packets are dropped at once.
SINK = "192.0.2.1"
SLOW = os.environ.get("KNETCTL_SLOW") == "1"
ROUNDS, EVENTS = (20, 100000) if SLOW else (2, 2000)


@pytest.fixture(scope="module")
def syns(world, tmp_path_factory):
    """syns(N): N events of the filter."""
    program = build_syns(tmp_path_factory.mktemp("syns"))
    for line in ("link add sink type dummy", "link set sink up",
                 f"address add {SINK[:-1]}9/24 dev sink", f"neigh add {SINK} lladdr "
                 "02:00:00:00:00:01 dev sink"):
        subprocess.run(["ip", *line.split()], check=True)
    knetctl("filter", "replace", SINK).ok()
    yield lambda n: subprocess.run([program, SINK, "9", str(n)], check=True)
    knetctl("filter", "flush").ok()
    subprocess.run(["ip", "link", "del", "sink"], check=True)


@pytest.fixture
def watch(directory, syns):
    watches = []

    def start(*args, **kwargs):
        watches.append(Watch(directory, *args, **kwargs))
        return watches[-1]
    yield start
    for one in watches:
        one.close()


@pytest.mark.parametrize("more", [0, 100])
def test_stopped_subscriber(syns, watch, more):
    """Received and lost are what was generated, exactly, with events after the loss or without."""
    for _ in range(ROUNDS):
        before = last_seq()
        w = watch("filter", "--rcvbuf", "65536")
        w.process.send_signal(signal.SIGSTOP)
        syns(EVENTS)
        w.process.send_signal(signal.SIGCONT)
        if more:
            until(lambda: w.tally(before + 1)[1], "the loss")
            syns(more)
        assert w.stop() == 0
        generated = last_seq() - before
        received, lost = w.tally(before + 1)
        print(f"generated {generated}, received {received}, lost {lost}")
        assert generated == EVENTS + more and lost and received + lost == generated
        assert not more or w.lines()[-1]["event"] == "filter-match"
        w.close()


def test_stopped_and_silence(syns, watch):
    """The loss at the end is told without an event after it, and --strict tells of it."""
    for _ in range(ROUNDS):
        before = last_seq()
        w = watch("filter", "--rcvbuf", "65536", "--strict")
        w.process.send_signal(signal.SIGSTOP)
        syns(EVENTS)
        w.process.send_signal(signal.SIGCONT)
        until(lambda: sum(w.tally(before + 1)) == EVENTS, "the whole account")
        assert w.stop() == 4
        kinds = [x["event"] for x in w.lines() if x.get("event") in ("filter-match", "lost")]
        assert kinds[-1] == "lost"
        print("received {}, lost {}".format(*w.tally(before + 1)))
        w.close()


def test_four_subscribers(syns, watch):
    """Each has its own account, whatever the others are at."""
    for _ in range(ROUNDS if SLOW else 1):
        before = last_seq()
        watches = [watch("filter", "--rcvbuf", size) for size in ("65536", "65536", "1M", "16M")]
        for n in range(8):
            for i, w in enumerate(watches[:2]):
                w.process.send_signal(signal.SIGSTOP if (n >> i) % 2 else signal.SIGCONT)
            syns(EVENTS // 8)
        for w in watches:
            w.process.send_signal(signal.SIGCONT)
        for w in watches:
            assert w.stop() == 0
            received, lost = w.tally(before + 1)
            print(f"received {received}, lost {lost}")
            assert received and received + lost == EVENTS
            w.close()


def test_nothing_when_nobody_listens(syns):
    before = last_seq()
    syns(1000)
    assert last_seq() == before


def test_narrow(syns, watch):
    knetctl("filter", "add", "127.0.0.0/8").ok()
    try:
        w = watch("filter", "dst", "127.0.0.2-127.0.0.3", "port", "2-3", "filter", "port", "9")
        for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"):
            for port in (1, 2, 3, 9):
                connect(address, port)
        syns(1)
        assert w.stop() == 0
    finally:
        knetctl("filter", "del", "127.0.0.0/8").ok()
    wanted = [(f"127.0.0.{a}", p) for a in (1, 2, 3, 4) for p in (1, 2, 3, 9)
              if p == 9 or (a in (2, 3) and p in (2, 3))] + [(SINK, 9)]
    assert [(e["remote"]["address"], e["remote"]["port"]) for e in w.matches()] == wanted


def test_killed_into_a_pipe(syns):
    """What happened before the signal is in the pipe."""
    monitor = subprocess.Popen(["knetctl", "-j", "monitor", "--dump", "filter"],
                               stdout=subprocess.PIPE)
    while b"synced" not in monitor.stdout.readline():
        pass
    syns(300)
    monitor.send_signal(signal.SIGTERM)
    out, _ = monitor.communicate(timeout=60)
    assert monitor.returncode == 0 and out.count(b"filter-match") == 300


def test_reader_goes(syns):
    monitor = subprocess.Popen(["knetctl", "monitor", "filter"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    monitor.stdout.close()
    assert monitor.wait(30) == 0 and monitor.stderr.read() == b""


def test_dump_again_after_a_loss(syns, watch):
    w = watch("filter", "--rcvbuf", "4096")
    w.process.send_signal(signal.SIGSTOP)
    syns(2000)
    w.process.send_signal(signal.SIGCONT)
    until(lambda: [x.get("event") for x in w.lines()].count("synced") == 2, "the second dump")
    w.stop()
    kinds = [x.get("event", x.get("object")) for x in w.lines()]
    assert kinds[0] == "filter" and kinds[1] == "synced"
    lost = kinds.index("lost")
    assert "filter" in kinds[lost:] and "synced" in kinds[lost:]


def test_dump_of_jobs(world, watch, directory):
    """A job's events that the dump has shown already do not come again."""
    with world.server.socket() as silent:
        silent.bind((SERVER4, 7600))
        silent.listen()
        w0 = watch("job")	# so that events are made
        ident = knetctl("-j", "ftp", "get", "--no-wait", f"ftp://{SERVER4}:7600/x",
                        directory / "target").ok().json["id"]
        w = watch("job")
        job, = [x for x in w.lines() if x.get("object") == "job" and x["id"] == ident]
        assert job["last_seq"] and job["state"] in ("queued", "running")
        knetctl("job", "cancel", ident).ok()
        for one in (w0, w):
            until(lambda: [x for x in one.lines() if x.get("event") == "job-done"], "job-done")
            one.stop()
    events = [x for x in w0.lines() if x.get("event", "").startswith("job-")]
    assert [x for x in events if x["seq"] > job["last_seq"]] == [
        x for x in w.lines() if x.get("event", "").startswith("job-")]


def test_dump_of_connections(world, watch):
    """Listeners and what they hold; what the dump has shown is not told again."""
    w0 = watch("connection")	# so that events are made
    held = knetctl("-j", "listener", "add", "127.0.0.1:0").ok().json
    banner = knetctl("-j", "listener", "add", "[::1]:0", "service", "banner", "a text", "max", "5",
                     "per-source", "2/56", "idle", "9").ok().json
    try:
        with socket.create_connection(("127.0.0.1", held["local"]["port"])) as s:
            until(lambda: [x for x in w0.lines() if x.get("event")], "the accept")
            w = watch("connection")
            kinds = [x.get("object", x.get("event")) for x in w.lines()]
            assert kinds == ["listener", "listener", "connection", "synced"]
            one, two, conn = w.lines()[:3]
            assert one["id"] == held["id"] and one["connections"] == 1 and not one["text"]
            assert two["text"] == "a text" and two["per_source_prefix"] == 56
            assert two["local"] == banner["local"] and two["idle"] == 9000
            assert conn["listener"] == held["id"] and conn["service"] == "hold"
            assert conn["remote"]["port"] == s.getsockname()[1] and conn["last_seq"]
        until(lambda: len(w.lines()) > 4, "the end of the connection")
        w.stop()
        closed, = w.lines()[4:]
        assert closed["event"] == "connection-closed" and closed["id"] == conn["id"]
    finally:
        knetctl("listener", "del", held["id"], banner["id"]).ok()


def test_exec(syns, directory):
    """As many commands as events, and each has its event in the environment."""
    out = directory / "out"
    monitor = subprocess.Popen(["knetctl", "-q", "monitor", "filter", "--dump", "--count", "20",
                                "--exec", f'echo "$KNETCTL_EVENT $KNETCTL_JSON" >>{out}'],
                               stdout=subprocess.PIPE)
    while b"synced" not in monitor.stdout.readline():
        pass
    syns(20)
    monitor.communicate(timeout=60)
    assert monitor.returncode == 0
    lines = out.read_text().splitlines()
    assert len(lines) == 20 and all(x.startswith('filter-match {"seq":') for x in lines)


@pytest.fixture
def hanging(syns, directory):
    """hanging(*options): a monitor whose commands hang, as many as may run."""
    started = directory / "started"
    fifo = directory / "fifo"
    os.mkfifo(fifo)
    running = []

    def start(*args):
        # The monitor's output ends with the monitor.
        running.append(Monitor("filter", *args, "--exec",
                               f"exec >/dev/null 2>&1; echo >>{started}; : <{fifo}"))
        syns(20)
        many = 3 if "--count" in args else 8
        until(lambda: started.exists() and len(started.read_text()) == many, "its commands")
        return running[-1]
    yield start
    for one in running:
        one.close()
    # They end when there was a writer.
    os.close(os.open(fifo, os.O_RDWR))
    with contextlib.suppress(OSError):
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))


@pytest.mark.parametrize("args, shown", [
    ((), 20),	# the signal comes while the commands keep it from reading on
    (("--for", "3"), 20),
    (("--count", "3"), 3)])
def test_exec_that_hangs(hanging, args, shown):
    """A signal ends the monitor, with all events that came before it."""
    monitor = hanging(*args)
    if "--for" in args:
        # Beyond its time it still waits for the commands.
        time.sleep(3.2)
        assert monitor.running.process.poll() is None
    assert monitor.stop()[0] == 0
    assert len(monitor.events) == shown


def test_exec_with_ignored_children(syns):
    """Who starts it may not care for his children; it does for its own."""
    ignoring = "import os, signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); " \
        "os.execvp('knetctl', 'knetctl -q monitor filter --dump --count 20 --exec true'.split())"
    monitor = subprocess.Popen([sys.executable, "-c", ignoring], stdout=subprocess.PIPE)
    try:
        while b"synced" not in monitor.stdout.readline():
            pass
        syns(20)
        monitor.communicate(timeout=60)
        assert monitor.returncode == 0
    finally:
        monitor.kill()


def test_all_netns(world, watch):
    """All namespaces in one process, the one that came later, too."""
    subprocess.run(["ip", "netns", "add", "early"], check=True)
    w = watch("--all-netns", "filter")
    try:
        subprocess.run(["ip", "netns", "add", "late"], check=True)
        for name in ("early", "late"):
            knetctl("-n", name, "filter", "add", "any").ok()
            subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        ids = {name: os.stat(f"/run/netns/{name}").st_ino for name in ("early", "late")}
        until(lambda: ids["late"] in {x["netns"] for x in w.lines()}, "the late namespace")
        for name in ids:
            subprocess.run(["ip", "netns", "exec", name, "python3", "-c",
                            "import socket; socket.socket().connect_ex(('127.0.0.1', 1))"],
                           check=True)
        until(lambda: {e["netns"] for e in w.matches()} == set(ids.values()), "both events")
        assert len(w.matches()) == 2
    finally:
        for name in ("early", "late"):
            subprocess.run(["ip", "netns", "del", name], check=True)
    w.stop()


@pytest.fixture
def netns():
    """netns(name): a network namespace whose filter has a rule for all."""
    names = []

    def make(name):
        subprocess.run(["ip", "netns", "add", name], check=True)
        names.append(name)
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        knetctl("-n", name, "filter", "add", "any").ok()
    yield make
    for name in names:
        subprocess.run(["ip", "netns", "del", name], check=False)


def connect_in(name, times=1):
    subprocess.run(["ip", "netns", "exec", name, "python3", "-c", f"""if 1:
                    import socket
                    for _ in range({times}):
                        socket.socket().connect_ex(('127.0.0.1', 1))"""], check=True)


def test_netns_that_went(watch, netns):
    """What happened in a namespace is shown, though it went before that was read."""
    netns("shortly")
    w = watch("--all-netns", "filter")
    w.process.send_signal(signal.SIGSTOP)
    connect_in("shortly", 5)
    subprocess.run(["ip", "netns", "del", "shortly"], check=True)
    time.sleep(1.1)	# when it goes on it first looks for namespaces
    w.process.send_signal(signal.SIGCONT)
    until(lambda: len(w.matches()) == 5, "the five events")
    w.stop()


def test_names_of_netns(directory, netns, syns):
    """As they are, however long, but for what would change the terminal."""
    long = "cni-01234567-89ab-cdef-0123-456789abcdef"
    netns(long)
    netns("odd\nname\x1b[31m")
    w = Watch(directory, "filter", "--all-netns", options=())
    try:
        until(lambda: w.text().count("synced") >= 3, "all of them")
        w.stop()
        assert f"{long}: filter any\n" in w.text()
        assert "\nodd\\x0aname\\x1b[31m: filter any\n" in "\n" + w.text()
    finally:
        w.close()


def test_netns_without_room(watch, netns):
    """Too few files to look for namespaces: an error, and not as if none were there."""
    netns("room")
    w = watch("--all-netns", "filter")

    def ended():
        """Leave it one file more than it has, between two looks."""
        if w.process.poll() is None:
            used = set(map(int, os.listdir(f"/proc/{w.process.pid}/fd")))
            free = next(fd for fd in itertools.count() if fd not in used)
            resource.prlimit(w.process.pid, resource.RLIMIT_NOFILE, (free + 1, 1024))
        return w.process.poll() is not None
    until(ended, "its end")
    assert w.process.returncode == 1


def test_narrow_to_mapped(watch):
    """IPv4 in IPv6 is IPv4, as it is for the rules."""
    knetctl("filter", "replace", "any").ok()
    narrow = [watch("filter", "dst", dst) for dst in
              ("::ffff:127.0.0.1", "::ffff:127.0.0.0/104", "::ffff:127.0.0.1-::ffff:127.0.0.3")]
    other = watch("filter", "dst", "::ffff:128.0.0.0/104")
    connect("127.0.0.1", 1)
    for w in narrow:
        w.stop()
        assert len(w.matches()) == 1
    other.stop()
    assert not other.matches()
    knetctl("filter", "replace", SINK).ok()
