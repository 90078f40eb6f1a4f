# SPDX-License-Identifier: GPL-2.0-only
"""Jobs: they outlive their starter or do not, are kept, listed and forgotten."""

import json
import os
import signal

import pytest

import genl
import module
from command import get, jobs, knetctl, show, status
from libknetctl import DETACHED, Knetctl
from wait import until
from world import SERVER4

CONTENT = os.urandom(300000)
KEEP_COUNT = 1000

JOB_KEYS = {"id", "kind", "state", "bytes", "size", "duration_ns", "class", "errno", "ftp_code",
            "message", "path", "local", "remote"}
MORE_KEYS = {"bound", "active", "user", "pathname", "offset", "rate"}


def start(server, target, *options):
    return get(server.url(), target, "--no-wait", *options).ok().json["id"]


def ended(ident):
    return until(lambda: (job := show(ident))["state"] in ("done", "failed", "cancelled") and job,
                 f"the end of job {ident}")


def test_outlives_its_starter(scripted, background, directory):
    server = scripted("data-stalls", files={"f": CONTENT})
    ident = start(server, directory / "f")
    server.await_stall()
    assert show(ident)["state"] == "running" and not show(ident)["bound"]
    waiter = background("-j", "job", "wait", ident)
    until(lambda: genl.subscribed(waiter.pid), "the waiter")
    server.gate.set()
    got = waiter.wait().ok().json
    assert set(got) == JOB_KEYS
    assert (got["id"], got["state"], got["bytes"]) == (ident, "done", len(CONTENT))
    assert (directory / "f").read_bytes() == CONTENT
    # And once more from one who comes late.
    assert knetctl("-j", "job", "wait", ident).ok().json == got


def test_wait_has_the_status_of_the_job(scripted, directory):
    good = scripted(files={"f": CONTENT})
    bad = scripted("retr-permanent", files={"f": CONTENT})
    slow = scripted("user-silent", files={"f": CONTENT})
    done = start(good, directory / "1")
    failed = start(bad, directory / "2")
    late = start(slow, directory / "3", "--timeout", "0.2")
    assert knetctl("job", "wait", done).rc == 0
    got = knetctl("-j", "job", "wait", failed)
    assert got.rc == 1 and got.json["ftp_code"] == 550 and got.json["class"] == "permanent"
    assert knetctl("job", "wait", late).rc == 5
    got = knetctl("-j", "job", "wait", done, failed, late)
    assert got.rc == 5
    assert [json.loads(line)["id"] for line in got.out.splitlines()] == [done, failed, late]
    got = knetctl("-j", "job", "wait", 2 ** 31 - 2)
    assert got.rc == 1 and got.error["errno"] == "ENOENT"


def test_interrupted_wait(scripted, background, directory):
    """A signal ends the waiting, not the job."""
    server = scripted("data-stalls", files={"f": CONTENT})
    ident = start(server, directory / "f")
    server.await_stall()
    waiter = background("-j", "job", "wait", ident)
    # Its handler for the signal is in place when it waits.
    until(lambda: genl.subscribed(waiter.pid), "the waiter")
    waiter.signal(signal.SIGTERM)
    assert waiter.wait().rc == 5
    assert show(ident)["state"] == "running"
    server.gate.set()
    assert ended(ident)["state"] == "done"


def test_killed_starter_cancels(scripted, background, directory):
    server = scripted("data-stalls", files={"f": CONTENT})
    running = background("-j", "ftp", "get", server.url(), directory / "f")
    server.await_stall()
    ident = jobs("state", "running")[0]["id"]
    assert show(ident)["bound"]
    running.signal(signal.SIGKILL)
    running.wait()
    job = ended(ident)
    assert (job["state"], job["errno"]) == ("cancelled", "ECANCELED")
    assert job["bytes"] == len(CONTENT) // 2
    server.await_end()


def test_killed_waiter_does_not_cancel(scripted, background, directory):
    server = scripted("data-stalls", files={"f": CONTENT})
    ident = start(server, directory / "f")
    server.await_stall()
    waiter = background("-j", "job", "wait", ident)
    until(lambda: genl.subscribed(waiter.pid), "the waiter")
    waiter.signal(signal.SIGKILL)
    waiter.wait()
    assert show(ident)["state"] == "running"
    server.gate.set()
    assert ended(ident)["state"] == "done"


def test_show_and_list(scripted, directory):
    server = scripted("data-stalls", files={"f": CONTENT})
    ident = start(server, directory / "f", "--active")
    server.await_stall()
    until(lambda: show(ident)["bytes"] == len(CONTENT) // 2, "half of it")
    job = show(ident)
    assert set(job) == JOB_KEYS | MORE_KEYS
    assert job["active"] and job["user"] == "anonymous" and job["pathname"] == "f"
    assert job["size"] == len(CONTENT) and job["offset"] == 0 and job["errno"] is None
    assert job["remote"] == {"address": "10.0.0.2", "port": server.port}
    assert [j["id"] for j in jobs("state", "running")] == [ident]
    assert job["id"] in [j["id"] for j in jobs()] and ident not in [
        j["id"] for j in jobs("state", "done")]
    server.gate.set()
    ended(ident)
    assert ident in [j["id"] for j in jobs("state", "done")]
    assert jobs("state", "running") == []
    text = knetctl("job", "list").ok().out
    assert text.startswith("ID ") and f"\n{ident} " in text
    assert f"id         {ident}\n" in knetctl("job", "show", ident).ok().out


def test_ids_are_not_reused_soon(scripted, directory):
    server = scripted(files={"f": CONTENT})
    ids = [start(server, directory / str(n)) for n in range(5)]
    assert ids == sorted(set(ids))
    for ident in ids:
        ended(ident)


def test_many_at_once(scripted, directory):
    """More jobs than sessions: they wait for each other, and all are done."""
    server = scripted(files={"f": CONTENT})
    ids = [start(server, directory / str(n)) for n in range(12)]
    assert knetctl("job", "wait", *ids).rc == 0
    for n in range(12):
        assert (directory / str(n)).read_bytes() == CONTENT
    assert 1 <= len(server.sessions) <= 4
    assert server.verbs().count("RETR") == 12


def test_queued_job_can_be_cancelled(scripted, directory):
    server = scripted("user-silent", files={"f": CONTENT})
    ids = [start(server, directory / str(n)) for n in range(6)]
    queued = [j["id"] for j in jobs("state", "queued")]
    assert queued == ids[4:]
    knetctl("job", "cancel", *queued).ok()
    for ident in queued:
        assert ended(ident)["state"] == "cancelled"
    assert len(jobs("state", "running")) == 4
    got = knetctl("-j", "job", "cancel", "--all").ok()
    assert len(got.out.splitlines()) == 4
    for ident in ids:
        assert ended(ident)["state"] == "cancelled"


def test_limit_of_jobs(scripted, directory):
    server = scripted("user-silent", files={"f": CONTENT})
    with module.parameter("max_jobs", 3):
        ids = [start(server, directory / str(n)) for n in range(3)]
        got = get(server.url(), directory / "more")
        assert got.rc == 1 and got.error["errno"] == "EBUSY", got
        assert "max_jobs" in got.error["message"]
        assert not os.path.exists(directory / "more")
        assert status()["jobs"] == status()["jobs_max"] == 3
    knetctl("job", "cancel", "--all").ok()
    for ident in ids:
        ended(ident)


def test_result_is_kept_for_its_starter(scripted, directory):
    """A bound job's result is held, counted against the limit, and let go when it was had."""
    server = scripted(files={"f": CONTENT})
    with module.parameter("max_jobs", 1), Knetctl() as handle:
        with open(directory / "f", "wb") as f:
            ident = handle.ftp_get(server.url(), f.fileno())
        ended(ident)
        got = get(server.url(), directory / "g")
        assert got.rc == 1 and got.error["errno"] == "EBUSY", "the result is not held"
        assert handle.job_get(ident).bytes == len(CONTENT)
        get(server.url(), directory / "g").ok()


def test_old_ones_are_forgotten(world, directory):
    """A thousand newer ones push them out of the list; not those that somebody waits for."""
    url = f"ftp://{SERVER4}:1/f"
    first = get(url, directory / "first", "--no-wait").ok().json["id"]
    ended(first)
    finished = status()["jobs_finished"]
    with Knetctl() as handle, open(directory / "f", "wb") as f, \
            open(directory / "bound", "wb") as bound:
        mine = handle.ftp_get(url, bound.fileno())
        ended(mine)
        for _ in range(KEEP_COUNT + 5):
            handle.ftp_get(url, f.fileno(), flags=DETACHED)
        until(lambda: status()["jobs"] == 0, "the end of all jobs")
        listed = [j["id"] for j in jobs()]
        assert first not in listed and finished
        assert mine in listed, "its starter has not had the result yet"
        assert len(listed) <= KEEP_COUNT + 1
        assert handle.job_get(mine).errno_name == "ECONNREFUSED"
    got = knetctl("-j", "job", "show", first)
    assert got.rc == 1 and got.error["errno"] == "ENOENT"


@pytest.mark.parametrize("options, rc", [([], 1), (["--keep-going"], 1)])
def test_batch(scripted, directory, options, rc):
    server = scripted(files={"f": CONTENT, "g": CONTENT})
    batch = directory / "batch"
    batch.write_text(f"ftp get {server.url()} {directory}/1\n"
                     f"# nothing\n\n"
                     f"ftp get {server.url('none')} {directory}/2\n"
                     f"ftp get {server.url('g')} '{directory}/3'\n")
    got = knetctl("-j", "-b", batch, *options)
    assert got.rc == rc
    assert f"{batch}:4: " in got.error["message"]
    assert (directory / "1").read_bytes() == CONTENT
    assert os.path.exists(directory / "3") == bool(options)
