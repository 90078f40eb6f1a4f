# SPDX-License-Identifier: GPL-2.0-only
"""knetctl -n: another network namespace, by name, path or process."""

import os
import subprocess

import pytest

from command import knetctl
from wait import until

CONTENT = b"from the other side"


@pytest.fixture
def outside(world):
    """The test, for once, where it began."""
    world.leave()
    yield world
    world.client.__enter__()


@pytest.fixture
def process(world):
    """A process in the client's namespace."""
    with subprocess.Popen(["sleep", "1000"]) as sleeper:
        yield sleeper.pid
        sleeper.kill()


@pytest.fixture
def names(world, process):
    return {"name": world.client.name, "path": world.client.path,
            "other path": f"/proc/{process}/ns/net", "pid": f"pid:{process}"}


@pytest.mark.parametrize("kind", ["name", "path", "other path", "pid"])
def test_netns(world, names, scripted, directory, outside, kind):
    server = scripted(files={"f": CONTENT})
    # From here there is no way to the server.
    assert knetctl("ftp", "get", "--connect-timeout", "0.2", server.url(),
                   directory / "no").rc in (1, 5)
    netns = names[kind]
    got = knetctl("-j", "-n", netns, "ftp", "get", server.url(), directory / "f").ok().json
    assert (directory / "f").read_bytes() == CONTENT
    listed = knetctl("-j", "-n", netns, "job", "list").ok().json
    assert got["id"] in [j["id"] for j in listed]
    assert "f" not in [j["pathname"] for j in knetctl("-j", "job", "list").ok().json
                       if j["state"] == "done"]
    knetctl("-j", "--netns", netns, "job", "show", got["id"]).ok()


def test_file_names_are_ours(world, scripted, outside, directory, monkeypatch):
    """Only the network is another one."""
    server = scripted(files={"f": CONTENT})
    monkeypatch.chdir(directory)
    knetctl("-n", world.client.name, "ftp", "get", server.url()).ok()
    assert os.listdir(directory) == ["f"]


def test_detached_job(world, scripted, outside, directory):
    """It goes on when nobody is left in the namespace but the name."""
    server = scripted("data-stalls", files={"f": CONTENT})
    got = knetctl("-j", "-n", world.client.name, "ftp", "get", "--no-wait", server.url(),
                  directory / "f").ok().json
    server.await_stall()
    server.gate.set()
    done = knetctl("-j", "-n", world.client.name, "job", "wait", got["id"]).ok().json
    assert done["state"] == "done"
    until(lambda: (directory / "f").read_bytes() == CONTENT, "the file")


@pytest.mark.parametrize("netns, rc", [("nosuch", 1), ("/nosuch", 1), ("pid:2147483647", 1),
                                       ("pid:x", 2), ("", 2), ("..", 2), ("/dev/null", 1),
                                       ("/proc/self/ns/mnt", 1)])
def test_bad_netns(world, netns, rc):
    got = knetctl("-j", "-n", netns, "status")
    assert got.rc == rc and got.error["errno"], got
