# SPDX-License-Identifier: GPL-2.0-only
"""Many small files over a link with a delay: how many round trips does each take?"""

import filecmp
import os
import subprocess

from figures import Figures

HOST = "ftp://127.0.0.1"
DELAY_MS = 10	# each way


def tc(*args):
    subprocess.run(["tc", "qdisc", *args], check=True)


class Trips(Figures):
    """The clock is the guest's: what the tools compute counts, but it is little."""
    name = "small-trips"
    title = "get 100 files of 4 KiB over a link of 20 ms"
    note = ("netem delays what goes over loopback by 10 ms each way. Login and start-up are in the "
            "figures. On one\nsession it is three round trips and not two because vsftpd says 226 "
            "when all of the data are acknowledged\n(SO_LINGER), and reads no command before that: "
            "the connection to its port, the data, and their\nacknowledgement are a round trip each, "
            "whatever is asked ahead. Pure-FTPd, which does not wait,\ntakes two. What would save one "
            "with vsftpd as well is not done: several\nRETR in advance in active mode, where one that "
            "is refused sends the next file to its port.")
    columns = (("trips", "round trips a file", ".2f"), ("seconds", "seconds", ".2f"))
    reps = 1
    count = 100
    size = 4096
    sessions = 8

    def prepare(self):
        self.names = [f"f{i:04}" for i in range(self.count)]
        for name in self.names:
            self.server.file(f"trips/{name}", self.size)
        self.target = f"{self.directory}/trips"
        os.makedirs(self.target, exist_ok=True)
        for tool, line in (("knetctl", "{url} {file}\n"), ("aria2", "{url}\n out={name}\n"),
                           ("curl", 'url = "{url}"\noutput = "{file}"\n')):
            with open(f"{self.directory}/trips-{tool}", "w") as f:
                f.writelines(line.format(url=f"{HOST}/trips/{n}", file=f"{self.target}/{n}",
                                         name=n) for n in self.names)

    def tools(self):
        ours = f"knetctl -q ftp get --list {self.directory}/trips-knetctl --sessions"
        curl = f"curl -s -K {self.directory}/trips-curl"
        lftp = (f"set cmd:parallel {self.sessions}; set net:connection-limit {self.sessions}; "
                f"mget -q -P {self.sessions} -O {self.target} {HOST}/trips/*; exit")
        return {"knetctl": [f"{ours} 1"], f"knetctl, {self.sessions} sessions": [
                    f"{ours} {self.sessions}"],
                "curl": [curl], f"curl -Z, {self.sessions}": [
                    f"{curl} -Z --parallel-max {self.sessions}"],
                f"lftp, {self.sessions}": [f"lftp -c '{lftp}'"],
                f"aria2, {self.sessions}": [
                    f"aria2c -q -j {self.sessions} -d {self.target} --file-allocation=none "
                    f"-i {self.directory}/trips-aria2"]}

    def measure(self, meter, tool):
        tc("add", "dev", "lo", "root", "netem", "delay", f"{DELAY_MS}ms", "limit", "100000")
        try:
            elapsed = meter.run(["sh", "-c", f"exec {self.tools()[tool][0]}"],
                                root=meter.root)["elapsed"]
        except SystemExit as failure:
            self.note += f"\n{tool} failed: {str(failure).rpartition(' ')[2]} is its status."
            elapsed = None
        finally:
            tc("del", "dev", "lo", "root")
        if elapsed is None:
            self.clear()
            return {}
        _, differ, missing = filecmp.cmpfiles(f"{self.server.root}/trips", self.target,
                                              self.names, shallow=False)
        if differ or missing:
            raise SystemExit(f"bench: {self.name}: {tool}: {len(differ + missing)} files are wrong")
        self.clear()
        return {"trips": elapsed / 1e6 / (2 * DELAY_MS) / self.count, "seconds": elapsed / 1e9}

    def clear(self):
        for name in os.listdir(self.target):
            os.unlink(f"{self.target}/{name}")

    def goals(self, of):
        def seconds(tool):
            try:
                return of(tool, "seconds")
            except KeyError:	# it failed
                return float("inf")
        others = min(seconds(tool) for tool in self.tools() if tool.endswith(f", {self.sessions}"))
        ours = seconds(f"knetctl, {self.sessions} sessions")
        return [("Round trips a file on one session", of("knetctl", "trips"), "at most", 2.2),
                ("Times faster than the best of the others, with 8 sessions", others / ours,
                 "at least", 1.5)]


ROWS = [Trips]
