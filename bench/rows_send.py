# SPDX-License-Identifier: GPL-2.0-only
"""What datagrams cost, beside a loop of send() and iperf3."""

import measure
from figures import BIN, TRAFFIC, Daemon, Figures, run, short
from rows_filter import dummy, no_dummy
from rows_listener import listens


class Udp(Figures):
    """Many datagrams as fast as they go."""
    count = 100000
    reps = 1
    port = 7005
    places = (("uso", "to an interface that cuts them up (USO)"),
              ("plain", "to one that does not"), ("loopback", "to a receiver on loopback"))
    columns = tuple((key, f"instructions a datagram {title}", ".0f") for key, title in places)
    note = ("100,000 of them. The interface is a dummy, which drops what it gets; in the second "
            "line its USO is\nswitched off. iperf3 needs an answer, hence the third line: the "
            "receiver has a control group of its own\nand is not counted, though on loopback most "
            "of what a receiver does is done by the sender.\nThe same command for one datagram "
            "(`iperf3 --version`) is subtracted.")
    size = 0
    least = None
    start = 0

    def prepare(self):
        self.peer = measure.cgroup("peer")
        dummy(9)

    def commands(self, addr):
        return {"knetctl": f"knetctl send udp {addr}:{self.port} --file {self.data} "
                           f"--count {self.count}",
                "send()": f"{BIN}/sendloop {addr} {self.port} {self.size} {self.count}"}

    @property
    def data(self):
        return f"{self.directory}/datagram"

    def iperf(self):
        return f"iperf3 -u -c 127.0.0.1 -p {self.port} -b 0 -l {self.size} -k {self.count}"

    def tools(self):
        with open(self.data, "wb") as f:
            f.write(bytes(self.size))
        commands = {tool: [short(c) for c in (self.commands("10.9.9.9")[tool],
                                              self.commands("127.0.0.1")[tool])]
                    for tool in ("knetctl", "send()")}
        return {**commands, "iperf3": [self.iperf()]}

    def cost(self, meter, command):
        return meter.run(command.split())

    def each(self, cost):
        return (cost["whole"] - cost["peer"] - self.start) / self.count

    def loopback(self, meter, tool):
        if tool == "iperf3":
            daemon = Daemon(f"iperf3 -s -p {self.port}", group=self.peer,
                            ready=lambda: listens(self.port))
            command = self.iperf()
        else:
            daemon = Daemon(f"{TRAFFIC} sink 0 {self.port}", group=self.peer)
            command = self.commands("127.0.0.1")[tool]
        before = measure.group(self.peer)
        cost = meter.run(command.split())
        cost["peer"] = measure.group(self.peer) - before
        daemon.end()
        return self.each(cost)

    def measure(self, meter, tool):
        one = self.commands("10.9.9.9").get(tool, "iperf3 --version").split()
        # What it takes to begin, and to send a single one.
        self.start = meter.run(one[:-1] + ["1"] if tool in self.commands("") else one)["whole"]
        result = {"loopback": self.loopback(meter, tool)}
        if tool == "iperf3":
            return result
        command = self.commands("10.9.9.9")[tool]
        for place, switch in (("uso", "on"), ("plain", "off")):
            run(f"ethtool -K bench tx-udp-segmentation {switch}")
            meter.run(command.split())
            result[place] = self.each(meter.run(command.split()))
        return result

    def goals(self, of):
        return [(f"a datagram {title} costs {tool} so many times what it costs knetctl",
                 of(tool, place) / of("knetctl", place), "at least", goal)
                for (place, title), tool, goal in (
                    (self.places[0], "send()", self.least), (self.places[1], "send()", 2),
                    (self.places[2], "send()", 2), (self.places[2], "iperf3", 2))]

    def finish(self):
        no_dummy()


class Udp64(Udp):
    """Small ones."""
    name = "udp64"
    title = "100,000 datagrams of 64 bytes"
    size = 64
    least = 20


class Udp1400(Udp):
    """As large as a packet."""
    name = "udp1400"
    title = "100,000 datagrams of 1,400 bytes"
    size = 1400
    least = 8


ROWS = [Udp64, Udp1400]
