# SPDX-License-Identifier: GPL-2.0-only
"""Rows whose figures are a thing's each: instructions a packet, bytes a connection."""

import os
import shlex
import statistics
import subprocess
import time

import measure

BIN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build/bench/bin")
TRAFFIC = f"{BIN}/traffic"


def run(command, **kwargs):
    """Outside of what is measured."""
    return subprocess.run(shlex.split(command), check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          **kwargs).stdout


def short(command):
    """As it is shown: programs by their names."""
    return command.replace(f"{BIN}/", "")


def kernel_memory():
    with open("/proc/meminfo") as f:
        info = dict(line.split(":") for line in f)
    return 1024 * sum(int(info[key].split()[0]) for key in ("Slab", "VmallocUsed", "Percpu"))


class Daemon:
    """A program that goes on while others are measured; what it prints goes into a file."""

    def __init__(self, command, out="/dev/null", group=None, ready=None):
        """`ready` tells when it has begun; `group` is the control group it is in."""
        with open(out, "w") as f:
            self.process = subprocess.Popen(
                shlex.split(command), stdin=subprocess.DEVNULL, stdout=f,
                stderr=subprocess.DEVNULL,
                preexec_fn=(lambda: measure.join(group)) if group else None)
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"bench: {command}: status {self.process.returncode}")
            time.sleep(0.1)
            if not ready or ready():
                return
        raise SystemExit(f"bench: {command} does not begin")

    def end(self):
        """Its status."""
        self.process.terminate()
        return self.process.wait()


class Figures:
    """One row. `columns` are (key, title, format); knetctl is the first of tools()."""
    name = title = note = ""
    columns = ()
    # What the first of the commands is that all tools share, if there is one.
    reps = None

    def __init__(self, server, directory):
        self.server = server
        self.directory = directory

    def prepare(self):
        """Once, before the first measure."""

    def tools(self):
        """tool -> list of its commands, as they are shown."""
        raise NotImplementedError

    def measure(self, meter, tool):
        """key -> figure, of one repetition."""
        raise NotImplementedError

    def goals(self, of):
        """What is to be held against the goals: (text, figure, "at least" or "at most", goal).

        `of(tool, key)` is a median.
        """
        return []

    def charts(self, of):
        """Charts of lines: (name, title, x title, y title, {tool: [(x, y)]}), if any."""
        return []

    def finish(self):
        """Once, after the last measure."""


def result(row, meter, reps):
    """Measure all of a row: each tool in turn, the first time for caches only."""
    reps = row.reps or reps
    row.prepare()
    tools = {tool: {"commands": commands, "runs": []} for tool, commands in row.tools().items()}
    for rep in range(reps + (not row.reps)):
        for tool in tools:
            figures = row.measure(meter, tool)
            if rep or row.reps:
                tools[tool]["runs"].append(figures)
    row.finish()

    def of(tool, key):
        return statistics.median(figures[key] for figures in tools[tool]["runs"])

    return {"kind": "figures", "name": row.name, "title": row.title, "note": row.note,
            "reps": reps, "columns": row.columns, "tools": tools, "goals": row.goals(of),
            "charts": row.charts(of)}


class Recorder:
    """In the place of a meter: what ran last has been sampled by perf."""

    def __init__(self, data):
        self.record = ["perf", "record", "-q", "-a", "-g", "-e", "cpu-clock", "-F", "20000",
                       "-o", data, "--"]

    def run(self, command, peer=None):
        del peer
        subprocess.run(self.record + command, check=True, stdout=subprocess.DEVNULL)
        return dict.fromkeys(("whole", "server", "cost", "client", "peer", "rss"), 0)


def record(row, data):
    """What the last thing that knetctl is measured for consists of."""
    row.prepare()
    row.measure(Recorder(data), "knetctl")
    row.finish()


def show(entry):
    """On the terminal."""
    print(f"\n{entry['name']}")
    for tool, tool_result in entry["tools"].items():
        figures = []
        for key, title, form in entry["columns"]:
            values = [r[key] for r in tool_result["runs"] if r.get(key) is not None]
            if values:
                figures.append(f"{title} {format(statistics.median(values), form)}"
                               f" ({format(min(values), form)} to {format(max(values), form)})")
        print(f"  {tool}: " + "; ".join(figures))
        for command in tool_result["commands"]:
            print(f"    $ {command}")
    for text, figure, bound, goal in entry["goals"]:
        print(f"  {text}: {figure:.2f}, goal {bound} {goal}")
    for name, _, _, _, series in entry["charts"]:
        print(f"  {name}")
        for tool, points in series.items():
            print(f"    {tool}: " + ", ".join(f"{x}: {y:.4g}" for x, y in points))
    print(end="", flush=True)
