# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the filter and of its events share."""

import itertools
import json
import os
import re
import socket
import subprocess

import jsonschema

from command import Running, knetctl

# Of the events of many SYNs, which are alike: to validate one takes long in a slow guest.
VALIDATED = 30

MATCH = re.compile(rb'{"seq":(\d+),"time":"[^"]*","mono_ns":\d+,"netns":\d+,"event":"filter-match",')
NUMBERS = itertools.count()

HERE = os.path.dirname(os.path.abspath(__file__))

with open(os.path.join(HERE, "../../docs/events.schema.json"), encoding="utf-8") as schema_file:
    SCHEMA = jsonschema.Draft202012Validator(json.load(schema_file))


def rules():
    return knetctl("-j", "filter", "list").ok().json


def count():
    return knetctl("-j", "filter", "list", "--terse").ok().json["count"]


def last_seq():
    groups = knetctl("-j", "status").ok().json["group"]
    return next(g["last_seq"] for g in groups if g["name"] == "filter")


def connect(address, port, family=socket.AF_INET, timeout=None):
    """An attempt; our port, whatever became of it."""
    with socket.socket(family) as s:
        s.settimeout(timeout)
        s.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", 0))
        port_of_ours = s.getsockname()[1]
        try:
            s.connect((address, port))
        except OSError:
            pass
    return port_of_ours


def build_syns(directory):
    """The program that sends many SYNs."""
    program = os.path.join(directory, "syns")
    subprocess.run(["cc", "-O2", "-o", program, os.path.join(HERE, "syns.c")], check=True)
    return program


class Watch:
    """knetctl -j monitor --dump filter, that has begun; events are read at its end."""

    def __init__(self, directory, *args, options=("-j",)):
        self.path = os.path.join(directory, f"events{next(NUMBERS)}")
        self.file = open(self.path, "w+", encoding="utf-8")
        self._read, self._lines = 0, []
        self.process = subprocess.Popen(["knetctl", *options, "monitor", "--dump", *args],
                                        stdout=self.file, stdin=subprocess.DEVNULL)
        from wait import until
        until(lambda: "synced" in self.text() or self.process.poll() is not None, "synced")
        assert self.process.poll() is None

    def text(self):
        with open(self.path, encoding="utf-8") as f:
            return f.read()

    def lines(self):
        """Every whole line, each of which the schema must know; of very many, some."""
        with open(self.path, "rb") as f:
            f.seek(self._read)
            whole, newline, _ = f.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        for text in whole.splitlines():
            line = json.loads(text)
            if len(self._lines) < VALIDATED or line.get("event") != "filter-match":
                SCHEMA.validate(line)
            self._lines.append(line)
        return self._lines

    def tally(self, first):
        """(received, lost) of the events of the filter from a number on, which must be in their
        order. Nothing is kept and little is parsed, for there may be 100,000."""
        expected, received, lost = first, 0, 0
        with open(self.path, "rb") as f:
            whole = f.read().rpartition(b"\n")[0]
        for text in whole.splitlines():
            match = MATCH.match(text)
            if match:
                assert int(match[1]) == expected
                expected += 1
                received += 1
                continue
            line = json.loads(text)
            assert line.get("event") != "filter-match"
            if line.get("event") == "lost" and line["group"] == "filter":
                assert line["first_seq"] == expected
                assert line["count"] == line["last_seq"] - line["first_seq"] + 1
                expected = line["last_seq"] + 1
                lost += line["count"]
        return received, lost

    def matches(self):
        return [line for line in self.lines() if line.get("event") == "filter-match"]

    def stop(self, number=15):
        self.process.send_signal(number)
        return self.process.wait(120)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if not self.file.closed:
            self.file.close()
            os.unlink(self.path)


__all__ = ["HERE", "SCHEMA", "Running", "Watch", "build_syns", "connect", "count", "last_seq",
           "rules"]
