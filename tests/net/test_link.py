# SPDX-License-Identifier: GPL-2.0-only
"""Bad links: packets that are lost, late or out of order; no link for a while. And many
transfers at a time, over few connections."""

import json
import os
import random
import shutil
import subprocess
import time

import pytest

import module
import vsftpd as vsftpd_module
from command import jobs, knetctl, status
from vsftpd import Vsftpd
from wait import until
from world import SERVER4

CONTENT = os.urandom(1 << 20)


def sh(*args):
    subprocess.run(args, check=True)


class Link:
    """Both directions of the pair of devices."""

    def __init__(self, world):
        self.world = world
        self.ends = (world.server.name, world.client.name)
        sh("modprobe", "sch_netem")

    def netem(self, *options):
        for name in self.ends:
            sh("tc", "-n", name, "qdisc", "replace", "dev", self.world.device, "root", "netem",
               "limit", "10000", *options)

    def bad(self):
        self.netem("delay", "25ms", "3ms", "loss", "5%", "reorder", "5%", "50%", "rate", "4mbit")

    def cut(self):
        self.netem("loss", "100%")

    def good(self):
        for name in self.ends:
            subprocess.run(["tc", "-n", name, "qdisc", "del", "dev", self.world.device, "root"],
                           check=False, capture_output=True)


def set_orphan_retries(world, count):
    """How soon data are given up that their program has sent and closed behind."""
    for netns in (world.client, world.server):
        with netns, open("/proc/sys/net/ipv4/tcp_orphan_retries", "w") as f:
            f.write(str(count))


@pytest.fixture
def link(world):
    link = Link(world)
    set_orphan_retries(world, 8)
    yield link
    link.good()
    set_orphan_retries(world, 1)


def under_way(target, least):
    until(lambda: os.path.exists(target) and os.path.getsize(target) >= least,
          f"{least} bytes of the file")


SLOW = pytest.mark.slow


@pytest.mark.parametrize("verb, seconds", [("get", 0.5), pytest.param("get", 10, marks=SLOW),
                                           pytest.param("put", 10, marks=SLOW)])
def test_cut(store, background, link, directory, verb, seconds):
    """A link that is bad, then none: the transfer goes on, and is right."""
    server = store({"f": CONTENT} if verb == "get" else {})
    local = directory / "f"
    link.bad()
    if verb == "get":
        running = background("-j", "ftp", "get", server.url(), local)
        under_way(local, 1 << 15)
    else:
        local.write_bytes(CONTENT)
        running = background("-j", "ftp", "put", local, server.url())
        until(lambda: any(s.data for s in server.sessions), "the data connection")
    link.cut()
    time.sleep(seconds)
    assert running.process.poll() is None
    link.bad()
    running.wait(90).ok()
    assert (local.read_bytes() if verb == "get" else server.files["f"]) == CONTENT
    assert server.verbs().count("RETR" if verb == "get" else "STOR") == 1


@pytest.mark.parametrize("seconds", [0.5, pytest.param(10, marks=SLOW)])
def test_cut_for_too_long(store, background, link, directory, seconds):
    """Longer than the stall timer: tried again from where it stopped, and right."""
    server = store({"f": CONTENT})
    target = directory / "f"
    link.bad()
    before = len(jobs("state", "failed"))
    running = background("ftp", "get", "--retry", "9", "--stall-timeout", seconds,
                         "--connect-timeout", 3 * seconds, "--reply-timeout", 3 * seconds,
                         server.url(), target)
    under_way(target, 1 << 15)
    link.cut()
    until(lambda: len(jobs("state", "failed")) > before, "the end of the first try", 30 + seconds)
    link.bad()
    running.wait(90).ok()
    assert target.read_bytes() == CONTENT
    rests = [int(arg) for verb, arg in server.commands if verb == "REST"]
    assert rests and all(1 << 15 <= rest < len(CONTENT) for rest in rests)


# --- many at a time -----------------------------------------------------------------

@pytest.fixture
def few(world, tmp_path_factory, monkeypatch):
    """few(n): vsftpd that takes n clients at a time; its URL and its directory."""
    servers = []

    def start(clients):
        monkeypatch.setattr(vsftpd_module, "CONFIG",
                            vsftpd_module.CONFIG + f"max_clients={clients}\n")
        directory = tmp_path_factory.mktemp("vsftpd")
        for part in (directory, directory.parent, directory.parent.parent):
            os.chmod(part, 0o755)
        servers.append((Vsftpd(world.server, str(directory)), directory))
        return servers[-1][0]
    # No session stays with a server that is gone.
    with module.parameter("session_idle", 0):
        yield start
        until(lambda: not status()["sessions"], "the end of all sessions")
    for server, directory in servers:
        server.close()
        shutil.rmtree(directory)


@pytest.fixture
def room(directory):
    path = directory / "room"
    path.mkdir()
    sh("mount", "-t", "tmpfs", "-o", "size=1100m", "tmpfs", path)
    yield path
    sh("umount", path)


def cancel_some(command, count):
    """Jobs at random, at random moments; the ids of those that were not faster."""
    dice = random.Random(7)
    cancelled = []

    def enough():
        assert command.process.poll() is None, command.wait()
        running = [j["id"] for j in jobs() if j["state"] in ("queued", "running")]
        return len(running) >= count and running
    for ident in dice.sample(until(enough, "jobs"), count):
        time.sleep(dice.random() / 20)
        if knetctl("job", "cancel", ident).rc == 0:
            cancelled.append(ident)
    return cancelled


@pytest.mark.parametrize("count, size, clients", [
    (64, 1 << 20, 8), pytest.param(256, 4 << 20, 32, marks=SLOW)])
def test_many(few, room, background, count, size, clients):
    """More transfers than the server takes clients, some of them cancelled."""
    server, content = few(clients), os.urandom(size)
    server.file("f", content)
    (room / "list").write_text("".join(f"ftp://{SERVER4}/f {room}/{i}\n" for i in range(count)))
    # Not so fast that all is over before the first is cancelled: a quarter of a second each.
    running = background("-j", "ftp", "get", "--sessions", 2 * clients, "--retry", 9,
                         "--rate", 4 * size, "--list", room / "list")
    cancelled = cancel_some(running, 5)
    got = running.wait(500)
    *done, summary = [json.loads(line) for line in got.out.splitlines()]
    assert got.rc == (1 if cancelled else 0), got
    assert len(done) == count - len(cancelled) and summary["failed"] == len(cancelled), got
    for each in done:
        assert (room / os.path.basename(each["file"])).read_bytes() == content
    for name in set(map(str, range(count))) & set(os.listdir(room)):
        assert content.startswith((room / name).read_bytes())
    assert {j["id"] for j in jobs("state", "cancelled")} == set(cancelled)
    assert status()["jobs"] == 0
