#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""In the guest: run the rows, print what is measured, leave it in /out/results.json."""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys

import figures
import measure
import memory
import rows
import server

DIRECTORY = "/tmp/bench"
REPS = 3
# What perf is to tell: each function's own share, that with what it calls, and by whom.
PROFILES = (["--no-children", "-g", "none", "--sort", "comm,sym"],
            ["--children", "-g", "none", "--sort", "comm,sym"],
            ["--no-children", "-g", "caller,0.05,callee", "--sort", "sym"])


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def repeat(meter, row, reps):
    """All tools in turn, so that whatever drifts drifts for all; tool -> list of costs."""
    commands = row.commands()
    runs = {tool: [] for tool in commands}
    # The first time is for caches only.
    for rep in range(reps + 1):
        for tool, command in commands.items():
            cost = meter.run(command)
            row.check()
            row.clear()
            if rep:
                runs[tool].append(cost)
    return {tool: {"command": shlex.join(command), "runs": runs[tool]}
            for tool, command in commands.items()}


def startup(meter, reps):
    result = {}
    for tool, command in rows.STARTUP.items():
        runs = [meter.run(command) for _ in range(reps + 1)][1:]
        result[tool] = {"command": shlex.join(command), "runs": runs}
    return result


# What wakes an idle guest now and then. A command that waits, as curl does here for a second
# before each file, is not to pay for it.
QUIET = {"/proc/sys/vm/stat_interval": 86400, "/proc/sys/vm/dirty_writeback_centisecs": 0,
         "/proc/sys/vm/compaction_proactiveness": 0, "/proc/sys/kernel/watchdog": 0,
         "/proc/sys/kernel/hung_task_timeout_secs": 0,
         "/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs": 86400000}


def quiet():
    for path, value in QUIET.items():
        try:
            with open(path, "w") as f:
                f.write(str(value))
        except FileNotFoundError:
            pass


def background(meter):
    """What the guest does in a second without us."""
    return {key: cost / 100 for key, cost in meter.run(["sleep", "100"]).items()}


def show(name, tools):
    print(f"\n{name}")
    print(f"  {'Minsn':9} {'cost':>9} {'client':>9} {'server':>9} {'whole':>9} {'busy':>9} "
          f"{'spread':>7}")
    for tool, result in tools.items():
        runs = result["runs"]
        costs = [run["cost"] for run in runs]
        figures = "".join(f" {median(runs, key) / 1e6:9.1f}"
                          for key in ("cost", "client", "server", "whole", "busy"))
        spread = (max(costs) - min(costs)) / median(runs, "cost")
        print(f"  {tool:9}{figures} {spread:7.1%}",
              flush=True)
    for result in tools.values():
        print(f"    $ {result['command']}", flush=True)


def record(row, data):
    row.prepare()
    command = row.commands()["knetctl"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    row.clear()
    figures.Recorder(data).run(command)
    row.clear()
    row.finish()


def profile(row):
    """Where knetctl's instructions go: the samples of perf are in virtual time."""
    data = f"{DIRECTORY}/perf.data"
    if isinstance(row, figures.Figures):
        figures.record(row, data)
    else:
        record(row, data)
    out = f"/out/profile-{row.name}"
    with open(out, "w") as f:
        for options in PROFILES:
            subprocess.run(["perf", "report", "-i", data, "--stdio", "--percent-limit", "0.01", "-n",
                            *options], stdout=f, stderr=subprocess.DEVNULL, check=True)
    print(f"{row.name}: build/bench/profile-{row.name}", flush=True)


def versions():
    def first(command):
        return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                              check=True).stdout.splitlines()[0]

    package = subprocess.run(["dpkg-query", "-Wf", "${Version}", "vsftpd"],
                             stdout=subprocess.PIPE, text=True, check=False).stdout
    return {"kernel": os.uname().release, "curl": " ".join(first(["curl", "-V"]).split()[:2]),
            "knetctl": first(["knetctl", "--version"]).partition(" (")[0], "vsftpd": f"vsftpd {package}"}


def save(results):
    """After each row, so that what was measured is there however it ends."""
    with open("/out/results.json", "w") as f:
        json.dump(results, f, indent=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--reps", type=int, default=REPS)
    parser.add_argument("rows", nargs="*")
    args = parser.parse_args()
    known = {row.name: row for row in rows.ROWS}
    if args.list:
        for name, row in known.items():
            print(f"{name:16}{row.title}")
        return
    unknown = [name for name in args.rows if name not in known]
    if unknown:
        parser.error(f"no row {unknown[0]}")

    memory.hold("curl", "knetctl", "sh", "sleep", "sync", "true", "vsftpd",
                "aria2c", "lftp", "tc", "modprobe", "mkfs.ext4", "mkfs.xfs", "perf",
                "nft", "ipset", "iptables-legacy", "conntrack",
                "ulogd", "iperf3", "nginx", "ip")
    quiet()
    os.makedirs(DIRECTORY)
    root = memory.root("/run/bench", "curl", "knetctl", "sh", "vsftpd", "aria2c", "lftp")
    ftp = server.Server(f"{DIRECTORY}/server", root)
    # The commands are in our group.
    measure.join(measure.cgroup("client"))
    results = {"versions": versions(), "reps": args.reps, "rows": []}
    with open(f"{DIRECTORY}/log", "w+") as log:
        meter = measure.Meter(ftp.group, log, root)
        try:
            if not args.profile:
                results["background"] = background(meter)
                print(f"an idle second: {results['background']['whole'] / 1e6:.3f} Minsn")
                results["startup"] = startup(meter, args.reps)
                show("start-up", results["startup"])
            for name in args.rows or known:
                row = known[name](ftp, DIRECTORY)
                if args.profile:
                    profile(row)
                    continue
                if isinstance(row, figures.Figures):
                    results["rows"].append(figures.result(row, meter, args.reps))
                    figures.show(results["rows"][-1])
                    save(results)
                    continue
                row.prepare()
                tools = repeat(meter, row, args.reps)
                row.finish()
                show(name, tools)
                results["rows"].append({"name": name, "title": row.title, "goals": row.goals,
                                        "note": row.note,
                                        "tools": tools})
                save(results)
        except BaseException:
            log.seek(0)
            sys.stdout.write(log.read()[-4000:])
            raise


if __name__ == "__main__":
    main()
