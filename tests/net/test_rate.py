# SPDX-License-Identifier: GPL-2.0-only
"""How fast a transfer may go: ftp --rate and job set."""

import os

import pytest

import uapi
from command import get, jobs, knetctl, show
from genl import Genl, Refused, u32
from libknetctl import Knetctl, KnetctlError
from wait import until

CONTENT = os.urandom(160000)
FAST = "400000"
SLOW = "20000"
LEAST_NS = len(CONTENT) * 10 ** 9 // int(FAST)


def start(server, target, *options):
    return get(server.url(), target, "--no-wait", *options).ok().json["id"]


def set_rate(ident, rate):
    return knetctl("-j", "job", "set", ident, "rate", rate)


def ended(ident):
    return until(lambda: (job := show(ident))["state"] in ("done", "failed", "cancelled") and job,
                 f"the end of job {ident}")


@pytest.fixture
def paused(scripted, directory):
    """paused(*options): a get that has begun and is paused: (id, server)."""
    def begin(*options, behaviours=(), content=CONTENT):
        server = scripted(*behaviours, files={"f": content})
        ident = start(server, directory / "f", "--rate", SLOW, *options)
        until(lambda: show(ident)["bytes"], "bytes")
        assert set_rate(ident, "0").ok().json == {"id": ident, "rate": 0}
        return ident, server
    return begin


def lives_for(ident, seconds):
    """It runs, and has done so for that long."""
    until(lambda: (job := show(ident))["duration_ns"] > seconds * 10 ** 9 or
          job["state"] != "running", "time to pass")
    job = show(ident)
    assert job["state"] == "running", job
    return job


# --- the option ------------------------------------------------------------------

@pytest.mark.parametrize("options", [[], ["--active", "--stall-timeout", "0.2",
                                          "--stall-bytes", "1M"]], ids=["plain", "stall"])
def test_get(scripted, directory, options):
    """Not faster than that; that too few bytes come is not the server's fault then."""
    server = scripted(files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--rate", FAST, *options).ok().json
    assert (directory / "f").read_bytes() == CONTENT
    assert got["bytes"] == len(CONTENT) and got["duration_ns"] >= LEAST_NS


def test_put(store, directory):
    server = store()
    (directory / "f").write_bytes(CONTENT)
    got = knetctl("-j", "ftp", "put", "--rate", FAST, "--stall-timeout", "0.2", directory / "f",
                  server.url()).ok().json
    assert server.files["f"] == CONTENT
    assert got["duration_ns"] >= LEAST_NS


def test_zero_is_no_limit(scripted, directory):
    server = scripted(files={"f": CONTENT})
    ident = start(server, directory / "f", "--rate", "0")
    job = ended(ident)
    assert job["state"] == "done" and job["rate"] is None


def test_a_byte_a_second(scripted, directory):
    """The stall timer does not fire between them, and no byte is sent too much."""
    server = scripted(files={"f": b"abc"})
    got = get(server.url(), directory / "f", "--rate", "2", "--stall-timeout", "0.1").ok().json
    assert (directory / "f").read_bytes() == b"abc"
    assert got["duration_ns"] >= 1.4e9


def test_stall(scripted, directory):
    """A server that stalls is not excused by a rate."""
    server = scripted("data-stalls", files={"f": CONTENT})
    got = get(server.url(), directory / "f", "--rate", "10M", "--stall-timeout", "0.3")
    assert got.rc == 5
    assert got.error["errno"] == "ETIMEDOUT" and got.error["bytes"] == len(CONTENT) // 2


# --- a pause -----------------------------------------------------------------------

@pytest.mark.parametrize("options", [[], ["--active"]], ids=["passive", "active"])
def test_pause(paused, directory, options):
    """It outlives the stall timer, moves nothing, and goes on at once."""
    ident, _ = paused("--stall-timeout", "0.2", *options)
    before = show(ident)["bytes"]
    job = lives_for(ident, 1)
    # One piece may have been on its way when the rate was set.
    assert job["bytes"] <= before + int(SLOW) // 4 < len(CONTENT) and job["rate"] == 0
    assert set_rate(ident, "unlimited").ok().json == {"id": ident, "rate": None}
    assert ended(ident)["state"] == "done"
    assert (directory / "f").read_bytes() == CONTENT


def test_pause_of_put(store, background, directory):
    server = store()
    (directory / "f").write_bytes(CONTENT)
    running = background("-j", "ftp", "put", "--rate", SLOW, "--stall-timeout", "0.2",
                         directory / "f", server.url())
    ident = until(lambda: [j for j in jobs("state", "running") if j["bytes"]], "bytes")[0]["id"]
    set_rate(ident, "0").ok()
    lives_for(ident, 1)
    set_rate(ident, "1G").ok()
    assert running.wait().ok().json["bytes"] == len(CONTENT)
    assert server.files["f"] == CONTENT


def test_total_timer_goes_on(paused):
    ident, _ = paused("--timeout", "3")
    job = ended(ident)
    assert (job["state"], job["class"], job["errno"]) == ("failed", "timer", "ETIMEDOUT")
    assert 3e9 <= job["duration_ns"] < 1e10


def test_cancel_while_paused(paused, directory):
    ident, server = paused()
    knetctl("job", "cancel", ident).ok()
    job = ended(ident)
    assert job["state"] == "cancelled"
    assert (directory / "f").stat().st_size == job["bytes"]
    server.await_end()


def test_server_leaves_while_paused(paused):
    """The control connection is watched all the same."""
    ident, server = paused(content=bytes(8 << 20))
    server.sessions[0].hang_up()
    job = ended(ident)
    assert (job["state"], job["class"]) == ("failed", "network")


def test_next_job_is_not_paused(paused, scripted, directory):
    """What was said of one transfer is not said of the next one of its session."""
    ident, server = paused()
    other = start(server, directory / "g", "--sessions", "1")
    assert show(other)["state"] == "queued" and show(other)["rate"] is None
    knetctl("job", "cancel", ident).ok()
    job = ended(other)
    assert job["state"] == "done" and (directory / "g").read_bytes() == CONTENT


# --- job set -------------------------------------------------------------------------

def test_other_rate(scripted, directory):
    """From one that would take days to one that does not."""
    server = scripted(files={"f": CONTENT})
    ident = start(server, directory / "f", "--rate", "1")
    assert set_rate(ident, "1k").ok().json["rate"] == 1024
    job = show(ident)
    assert job["rate"] == 1024 and f"rate       {1.0:.1f}k/s" in knetctl("job", "show", ident).out
    set_rate(ident, "10M").ok()
    assert ended(ident)["state"] == "done"
    assert (directory / "f").read_bytes() == CONTENT


def test_queued(scripted, directory):
    server = scripted("user-silent", files={"f": CONTENT})
    ids = [start(server, directory / str(n)) for n in range(5)]
    assert show(ids[-1])["state"] == "queued"
    set_rate(ids[-1], "5").ok()
    assert show(ids[-1])["rate"] == 5
    knetctl("job", "cancel", *ids).ok()
    for ident in ids:
        ended(ident)


def test_refused(scripted, background, directory):
    server = scripted(files={"f": CONTENT})
    ident = start(server, directory / "f")
    ended(ident)
    got = set_rate(ident, "5")
    assert got.rc == 1 and got.error["errno"] == "EALREADY" and "has ended" in got.error["message"]
    got = set_rate(2 ** 31 - 2, "5")
    assert got.rc == 1 and got.error["errno"] == "ENOENT"
    silent = scripted("user-silent")
    background("ftp", "rm", silent.url())
    ident = until(lambda: [j for j in jobs("state", "running") if j["kind"] == "ftp-rm"],
                  "the other job")[0]["id"]
    got = set_rate(ident, "5")
    assert got.rc == 1 and got.error["errno"] == "EOPNOTSUPP" and "no rate" in got.error["message"]


@pytest.mark.parametrize("words", [[], ["1"], ["1", "rate"], ["1", "speed", "5"], ["x", "rate", "5"],
                                   ["1", "rate", "-5"], ["1", "rate", "quick"], ["1", "rate", "5x"],
                                   ["1", "rate", "5", "6"]], ids=" ".join)
def test_usage(world, words):
    got = knetctl("-j", "job", "set", *words)
    assert got.rc == 2 and got.error["errno"] == "EINVAL" and got.out == ""


def test_library(paused):
    ident, _ = paused()
    with Knetctl() as handle:
        assert handle.job_get(ident).rate == 0
        handle.job_set_rate(ident, 12345)
        assert handle.job_get(ident).rate == 12345
        handle.job_set_rate(ident, None)
        assert handle.job_get(ident).rate == 2 ** 64 - 1
        ended(ident)
        with pytest.raises(KnetctlError) as caught:
            handle.job_set_rate(ident, 5)
        assert caught.value.name == "EALREADY"


def test_protocol(world):
    with Genl() as sock, pytest.raises(Refused) as caught:
        sock.request(uapi.CMD_JOB_SET, u32(uapi.A_JOB_ID, 1))
    assert "rate is missing" in str(caught.value)
