# SPDX-License-Identifier: GPL-2.0-only
"""--list: many transfers with one command."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import threading

import pytest

from command import environment, knetctl
from wait import PATIENCE, until


@pytest.fixture
def inside(directory, monkeypatch):
    monkeypatch.chdir(directory)
    return directory


def lines(got):
    return [json.loads(line) for line in got.out.splitlines()]


def test_get(store, inside):
    files = {f"f{i}": os.urandom(100 + i) for i in range(300)}
    server = store(files)
    (inside / "list").write_text("# a comment\n\n" + "".join(
        f"{server.url(name)}\n" for name in files))
    got = knetctl("-j", "ftp", "get", "--sessions", "3", "--list", "list").ok()
    for name, content in files.items():
        assert (inside / name).read_bytes() == content
    *each, summary = lines(got)
    assert len(each) == 300 and {e["state"] for e in each} == {"done"}
    assert {e["file"] for e in each} == set(files)
    assert summary["files"] == 300 and summary["failed"] == 0
    assert summary["bytes"] == sum(map(len, files.values()))
    assert server.most <= 3


def test_names(store, inside):
    server = store({"a": b"a", "b": b"b", "c": b"c"})
    (inside / "list").write_text(f"{server.url('a')} x y\r\n  {server.url('b')}\tz\n"
                                 f"{server.url('c')}")
    got = knetctl("ftp", "get", "--list", "list").ok()
    assert sorted(os.listdir()) == ["c", "list", "x y", "z"]
    assert got.out.startswith("3 files, 3 in ") and got.err == ""


def test_failures(store, inside):
    """They are told with their line, and can be given again."""
    server = store({"a": b"a"})
    secret = server.url("none", "me:secret@")
    (inside / "list").write_text(f"{server.url('a')}\n{secret} x\nhttp://h/x\n")
    got = knetctl("ftp", "get", "--list", "list")
    assert got.rc == 1 and "2 failed" in got.out and "list.failed" in got.out
    assert "list:2: ftp get: " in got.err and "list:3: ftp get: " in got.err
    assert "secret" not in got.err
    assert sorted((inside / "list.failed").read_text().splitlines()) == sorted(
        [f"{secret} x", "http://h/x"])
    assert stat.S_IMODE(os.stat("list.failed").st_mode) == 0o600
    assert sorted(os.listdir()) == ["a", "list", "list.failed"]
    (inside / "list").write_text(f"{server.url('a')}\n")
    os.unlink("a")
    knetctl("ftp", "get", "--list", "list").ok()
    assert not os.path.exists("list.failed")


def test_put(store, inside):
    server = store()
    for i in range(50):
        (inside / f"f {i}").write_bytes(b"x" * i)
    (inside / "list").write_text("".join(f"f {i}\t{server.url(f'd/{i}')}\n" for i in range(50)))
    knetctl("ftp", "put", "--create-dirs", "--list", "list").ok()
    assert server.files == {f"d/{i}": b"x" * i for i in range(50)}


def test_stdin(store, inside):
    server = store({"a": b"a"})
    got = subprocess.run(["knetctl", "ftp", "get", "--list", "-"], env=environment(), text=True,
                         input=f"{server.url('a')}\n{server.url('none')}\n", capture_output=True,
                         check=False)
    assert got.returncode == 1 and "stdin:2: " in got.stderr
    assert os.listdir() == ["a"]


@contextlib.contextmanager
def slowly(*args):
    """A list on standard input, of which no more is written for now."""
    running = subprocess.Popen(["knetctl", "-j", "ftp", "get", "--list", "-"], env=environment(),
                               text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    for line in args:
        running.stdin.write(line)
    running.stdin.flush()
    # Who reads its output does not wait for ever.
    timer = threading.Timer(PATIENCE, running.kill)
    timer.start()
    yield running
    timer.cancel()
    running.kill()
    running.communicate()


def test_slow_list(store, inside):
    """What it has so far is done, and told, however long the next line takes."""
    server = store({"a": b"a", "b": b"b"})
    with slowly(f"{server.url('a')}\n", server.url("b")) as running:
        assert '"file":"a"' in running.stdout.readline()
        assert os.listdir() == ["a"]
        out, err = running.communicate(" c\n")
    assert running.returncode == 0 and err == ""
    assert json.loads(out.splitlines()[-1])["files"] == 2
    assert (inside / "c").read_bytes() == b"b"


def test_slow_list_interrupted(store, inside):
    server = store({"a": b"a"})
    with slowly(f"{server.url('a')}\n", server.url("b")) as running:
        assert running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE) == 5
    assert os.listdir() == ["a"]


def test_interrupted(store, inside, background):
    """What was not done can be given again."""
    server = store({f"f{i}": bytes(100) for i in range(400)}, behaviours=["data-stalls"])
    (inside / "list").write_text("".join(f"{server.url(f'f{i}')}\n" for i in range(400)))
    running = background("ftp", "get", "--list", "list")
    server.await_stall()
    running.signal(signal.SIGINT)
    got = running.wait()
    assert got.rc == 5 and got.err == ""
    assert len((inside / "list.failed").read_text().splitlines()) == 400


def test_window(store, inside, background):
    """No more than 256 jobs are in the kernel, whatever the list has."""
    server = store({"f": bytes(100)}, behaviours=["data-stalls"])
    (inside / "list").write_text("".join(f"{server.url()} {i}\n" for i in range(1000)))
    running = background("ftp", "get", "--list", "list")
    server.await_stall()

    def jobs():
        return knetctl("-j", "status").ok().json["jobs"]
    until(lambda: jobs() >= 256, "the window")
    assert jobs() == 256
    running.signal(signal.SIGTERM)
    assert running.wait().rc == 5
