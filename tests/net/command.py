# SPDX-License-Identifier: GPL-2.0-only
"""Run the command knetctl, and look at what comes of it."""

import json
import os
import selectors
import signal
import subprocess
import time

import genl
from wait import PATIENCE, until


class Result:
    def __init__(self, args, rc, out, err):
        self.args, self.rc, self.out, self.err = args, rc, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        """The one object on stderr."""
        return json.loads(self.err)["error"]

    def ok(self):
        assert self.rc == 0, self
        return self

    def __repr__(self):
        return f"{self.args}: {self.rc}\nstdout: {self.out}\nstderr: {self.err}"


def environment(**extra):
    env = {k: v for k, v in os.environ.items() if k not in ("HOME", "NETRC")}
    return env | {"HOME": "/nonexistent"} | extra


class Running:
    """The command in the background."""

    def __init__(self, args, env=None, stdin=subprocess.DEVNULL, prefix=()):
        self.args = [str(a) for a in args]
        self.process = subprocess.Popen([*prefix, "knetctl", *self.args], stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment(**(env or {})))
        self.pid = self.process.pid
        self.result = None

    def wait(self, limit=PATIENCE):
        if not self.result:
            try:
                out, err = self.process.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                self.process.kill()
                out, err = self.process.communicate()
                raise AssertionError(f"knetctl {self.args} does not end: {out} {err}") from None
            self.result = Result(self.args, self.process.returncode, out.decode(), err.decode())
        return self.result

    def signal(self, number):
        self.process.send_signal(number)

    def close(self):
        if not self.result:
            self.process.kill()
            self.process.communicate()


def knetctl(*args, env=None, prefix=(), limit=PATIENCE):
    return Running(args, env, prefix=prefix).wait(limit)


def get(url, *args, **kwargs):
    """knetctl -j ftp get; the URL first."""
    return knetctl("-j", "ftp", "get", *args[1:], url, *args[:1], **kwargs)


def jobs(*args):
    return knetctl("-j", "job", "list", *args).ok().json


def show(ident):
    return knetctl("-j", "job", "show", ident).ok().json


def status():
    return knetctl("-j", "status").ok().json


class Monitor:
    """knetctl -j monitor in the background, and the events that it told."""

    def __init__(self, *args):
        self.running = Running(["-j", "monitor", *args])
        self.pid = self.running.pid
        self.events = []
        self._rest = b""
        self._out = self.running.process.stdout
        self._ended = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)
        group = next((a for a in args if a in ("job", "connection", "filter")), "job")
        until(lambda: (genl.subscribed(self.pid, group) or
                       self.running.process.poll() is not None),
              "the monitor's subscription")

    def _read(self, limit):
        if not self._selector.select(limit):
            return False
        data = os.read(self._out.fileno(), 1 << 16)
        self._ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.events += [json.loads(line) for line in lines]
        return True

    def until(self, predicate, what="events", limit=PATIENCE):
        """Collect until predicate(events) is true, and return what it gave."""
        end = time.monotonic() + limit
        while not (got := predicate(self.events)):
            left = end - time.monotonic()
            if self._ended or left <= 0 or not self._read(left):
                raise AssertionError(f"{what} did not come: {self.events}")
        return got

    def done(self, ident=None):
        """Collect until a job has ended, and return its job-done."""
        return self.until(lambda events: next(
            (e for e in events if e["event"] == "job-done" and ident in (None, e["id"])), None),
            f"job-done of {ident}")

    def rest(self, limit=PATIENCE):
        """What comes until it ends by itself; (status, stderr)."""
        end = time.monotonic() + limit
        while not self._ended:
            left = end - time.monotonic()
            assert left > 0 and self._read(left), f"the monitor does not end: {self.events}"
        err = self.running.process.stderr.read().decode()
        return self.running.process.wait(limit), err

    def stop(self, number=signal.SIGTERM):
        self.running.signal(number)
        return self.rest()

    def close(self):
        self._selector.close()
        if self.running.process.poll() is None:
            self.running.process.kill()
        self.running.process.communicate()
