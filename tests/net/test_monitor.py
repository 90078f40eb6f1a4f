# SPDX-License-Identifier: GPL-2.0-only
"""knetctl monitor: what happens is told, in order, and no loss goes uncounted."""

import calendar
import json
import os
import re
import signal
import subprocess
import time

import jsonschema

import genl
import uapi
from command import Running, environment, get, knetctl, status
from libknetctl import DETACHED, Knetctl
from wait import PATIENCE, until
from world import SERVER4

CONTENT = bytes(range(256)) * 2000

HEAD_KEYS = {"seq", "time", "mono_ns", "netns", "event"}
JOB_KEYS = {"id", "kind", "state", "bytes", "size", "duration_ns", "class", "errno", "ftp_code",
            "message", "path", "local", "remote"}
LOST_KEYS = {"time", "mono_ns", "netns", "event", "group", "count", "first_seq", "last_seq",
             "where"}


def last_seq():
    return status()["group"][0]["last_seq"]


def test_a_transfer(scripted, monitor, directory):
    server = scripted(files={"f": CONTENT})
    before = time.time()
    mon = monitor("job")
    ident = get(server.url(), directory / "f").ok().json["id"]
    done = mon.done(ident)
    events = mon.events
    assert events[0]["event"] == "job-started" and events[-1]["event"] == "job-done"
    assert {e["event"] for e in events[1:-1]} == {"job-progress"}
    for event in events:
        assert set(event) == HEAD_KEYS | JOB_KEYS
        assert event["id"] == ident and event["kind"] == "ftp-get"
        assert event["netns"] == os.stat("/proc/thread-self/ns/net").st_ino
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", event["time"])
        stamp = time.strptime(event["time"][:19], "%Y-%m-%dT%H:%M:%S")
        seconds = calendar.timegm(stamp)
        assert before - 1 <= seconds <= time.time() + 1
    numbers = [e["seq"] for e in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(events)))
    assert [e["mono_ns"] for e in events] == sorted(e["mono_ns"] for e in events)
    assert events[0]["state"] in ("queued", "running") and events[0]["bytes"] == 0
    assert [e["bytes"] for e in events] == sorted(e["bytes"] for e in events)
    assert events[-2]["bytes"] == len(CONTENT), "the last progress is not the end"
    assert (done["state"], done["bytes"], done["size"]) == ("done", len(CONTENT), len(CONTENT))
    assert done["path"] == "buffered" and done["remote"]["port"] == server.port
    assert done["class"] is None and done["errno"] is None




def test_schema(scripted, monitor, directory):
    """Each event is as the documentation's JSON Schema says."""
    with open(os.path.join(uapi.TOP, "docs/events.schema.json")) as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    mon = monitor()
    good = scripted(files={"f": CONTENT})
    bad = scripted("retr-escape", files={"f": CONTENT})
    mon.done(get(good.url(), directory / "1").ok().json["id"])
    got = get(bad.url(), directory / "2")
    mon.done(got.error["id"])
    for event in mon.events:
        assert not list(validator.iter_errors(event)), event


def test_progress_is_bounded(scripted, monitor, directory):
    """At most ten a second, and one at the end."""
    server = scripted("data-trickles", files={"f": bytes(60)})
    mon = monitor("job")
    mon.done(get(server.url(), directory / "f").ok().json["id"])
    times = [e["mono_ns"] for e in mon.events if e["event"] == "job-progress"]
    assert len(times) >= 3
    # The last one is sent at the end, whenever that is. A jiffy of tolerance.
    for earlier, later in zip(times, times[1:-1]):
        assert later - earlier >= 95_000_000


def test_count(scripted, monitor, directory):
    server = scripted(files={"f": CONTENT})
    mon = monitor("--count", "2")
    get(server.url(), directory / "f").ok()
    assert mon.rest() == (0, "")
    assert len(mon.events) == 2


def test_for(world):
    begin = time.monotonic()
    got = knetctl("monitor", "--for", "0.5")
    assert got.rc == 0 and time.monotonic() - begin >= 0.5
    assert knetctl("monitor", "--for", "0").rc == 0


def test_signal_shows_what_was_before_it(monitor, directory):
    """Events wait a little for others: those before the signal are still shown."""
    for number in (signal.SIGTERM, signal.SIGINT):
        mon = monitor()
        got = get(f"ftp://{SERVER4}:1/f", directory / "f")
        assert mon.stop(number) == (0, "")
        assert mon.events and mon.events[-1]["event"] == "job-done"
        assert mon.events[-1]["id"] == got.error["id"]
        assert mon.events[-1]["errno"] == "ECONNREFUSED"


def test_reader_goes_away(world):
    running = Running(["monitor"])
    until(lambda: genl.subscribed(running.pid), "the subscription")
    running.process.stdout.close()
    assert running.process.wait(PATIENCE) == 0
    running.process.stderr.close()


def test_text(scripted, directory, world):
    server = scripted(files={"f": CONTENT})
    running = Running(["monitor", "-t", "--count", "2"])
    until(lambda: genl.subscribed(running.pid), "the subscription")
    ident = get(server.url(), directory / "f").ok().json["id"]
    lines = running.wait().ok().out.splitlines()
    assert re.fullmatch(rf"\d\d:\d\d:\d\d\.\d{{6}} job-started {ident} ftp-get "
                        rf"{re.escape(server.host)} f", lines[0])
    assert all(len(line) <= 80 for line in lines)


def test_nobody_listens_no_number(scripted, directory):
    """Events that nobody wants are not made."""
    server = scripted(files={"f": CONTENT})
    before = last_seq()
    ident = get(server.url(), directory / "f", "--no-wait").ok().json["id"]
    with Knetctl() as handle:
        until(lambda: handle.job_get(ident).state_name == "done", "the end of the job")
    assert last_seq() == before


def test_two_monitors_see_the_same(scripted, monitor, directory):
    server = scripted(files={"f": CONTENT})
    one, two = monitor(), monitor()
    ident = get(server.url(), directory / "f").ok().json["id"]
    one.done(ident)
    two.done(ident)
    assert one.events == two.events


def test_other_namespace_sees_nothing(scripted, directory, world):
    server = scripted(files={"f": CONTENT})
    with world.server:
        running = Running(["-j", "monitor"])
        until(lambda: genl.subscribed(running.pid), "the subscription")
    get(server.url(), directory / "f").ok()
    running.signal(signal.SIGTERM)
    assert running.wait().ok().out == ""


# --- losses -----------------------------------------------------------------

def make_events(directory, count):
    """Jobs that end at once, two events each."""
    with Knetctl() as handle, open(directory / "f", "wb") as f:
        ids = [handle.ftp_get(f"ftp://{SERVER4}:1/f", f.fileno(), flags=DETACHED)
               for _ in range(count // 2)]
        until(lambda: handle.status().jobs == 0, "the end of all jobs")
    return ids


def account(events, first, last):
    """Every number is either received or told as lost, once."""
    numbers = set()
    for event in events:
        if event["event"] == "lost":
            assert set(event) == LOST_KEYS
            assert event["group"] == "job" and event["where"] in ("kernel", "socket")
            assert event["count"] == event["last_seq"] - event["first_seq"] + 1
            new = set(range(event["first_seq"], event["last_seq"] + 1))
        else:
            new = {event["seq"]}
        assert not numbers & new, "told twice"
        numbers |= new
    assert numbers == set(range(first, last + 1)), "received and lost are not all"


def test_loss_in_the_socket(monitor, directory):
    before = last_seq()
    mon = monitor("--rcvbuf", "4k", "--strict")
    mon.running.signal(signal.SIGSTOP)
    make_events(directory, 300)
    mon.running.signal(signal.SIGTERM)
    mon.running.signal(signal.SIGCONT)
    rc, err = mon.rest()
    assert rc == 4, "--strict, and events were lost"
    assert err == ""
    lost = [e for e in mon.events if e["event"] == "lost"]
    assert lost and {e["where"] for e in lost} == {"socket"}
    account(mon.events, before + 1, last_seq())
    # The kernel's own queue had room for all.
    assert status()["group"][0]["lost"] == 0


def test_loss_is_told_in_time(monitor, directory):
    """Without a signal, too: after a silence it looks whether the end is missing."""
    before = last_seq()
    mon = monitor("--rcvbuf", "4k")
    mon.running.signal(signal.SIGSTOP)
    make_events(directory, 300)
    mon.running.signal(signal.SIGCONT)
    end = last_seq()
    mon.until(lambda events: any(
        end in (e.get("seq"), e.get("last_seq")) for e in events), "the last number")
    account(mon.events, before + 1, end)
    assert mon.stop() == (0, "")


def test_no_loss_with_the_usual_buffer(monitor, directory):
    before = last_seq()
    mon = monitor("--strict")
    mon.running.signal(signal.SIGSTOP)
    ids = make_events(directory, 1000)
    mon.running.signal(signal.SIGTERM)
    mon.running.signal(signal.SIGCONT)
    assert mon.rest() == (0, "")
    account(mon.events, before + 1, last_seq())
    assert all(e["event"] != "lost" for e in mon.events)
    assert sorted(e["id"] for e in mon.events if e["event"] == "job-done") == sorted(ids)


def test_slow_reader_of_the_pipe(directory, world):
    """What does not go into the pipe waits, and nothing is doubled or torn."""
    before = last_seq()
    with subprocess.Popen(["knetctl", "-j", "monitor"], stdout=subprocess.PIPE,
                          env=environment()) as process:
        until(lambda: genl.subscribed(process.pid), "the subscription")
        make_events(directory, 600)
        # Reads nothing until all has happened; the signal must not tear a line.
        process.send_signal(signal.SIGTERM)
        lines = process.stdout.read().splitlines()
    assert process.returncode == 0
    account([json.loads(line) for line in lines], before + 1, last_seq())
