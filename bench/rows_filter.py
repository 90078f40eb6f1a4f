# SPDX-License-Identifier: GPL-2.0-only
"""What the filter and its events cost, beside netfilter's own means."""

import os
import random
import shlex
import shutil
import socket
import struct
import time

import figures
from figures import TRAFFIC, Daemon, Figures, kernel_memory, run, short

# Entries of a filter.
SIZES = (1000, 10000, 100000, 1000000)

# A disk's worth of addresses that nobody answers for, so that only the attempt is seen.
DUMMY = "ip link add bench type dummy && ip addr add 10.{}.0.1/16 dev bench && ip link set bench up"


def dummy(prefix):
    for command in DUMMY.format(prefix).split(" && "):
        run(command)


def no_dummy():
    run("ip link del bench")


def out_requests():
    """IPv4 packets that this machine has sent."""
    with open("/proc/net/snmp") as f:
        names, values = [line.split() for line in f if line.startswith("Ip: ")]
    return int(values[names.index("OutRequests")])


def prefixes(count):
    """Disjoint ones of five lengths, as in a list of bad neighbours: mostly addresses."""
    regions = [(32, 0.70, 11, 64), (28, 0.15, 20, 64), (24, 0.10, 40, 512), (20, 0.04, 60, 8192),
               (16, 0.01, 128, 65536)]
    result = []
    for length, share, first, step in regions:
        for i in range(round(count * share)):
            addr = socket.inet_ntoa(struct.pack("!I", (first << 24) + i * step))
            result.append(addr if length == 32 else f"{addr}/{length}")
    random.Random(count).shuffle(result)
    return result


def write_lists(directory, count):
    """The same prefixes for each tool: name of the file by tool."""
    made = f"{figures.BIN}/../lists"
    if directory != made and os.path.exists(f"{made}/knetctl.{count}"):
        for tool in ("knetctl", "ipset", "nft"):
            shutil.copy(f"{made}/{tool}.{count}", directory)
        return {tool: f"{directory}/{tool}.{count}" for tool in ("knetctl", "ipset", "nft")}
    lines = prefixes(count)
    names = {tool: f"{directory}/{tool}.{count}" for tool in ("knetctl", "ipset", "nft")}
    with open(names["knetctl"], "w") as f:
        f.writelines(f"{line}\n" for line in lines)
    with open(names["ipset"], "w") as f:
        # As large from the beginning as it gets: no resizing.
        f.write(f"create bench hash:net family inet hashsize {count} maxelem {2 * count}\n")
        f.writelines(f"add bench {line}\n" for line in lines)
    with open(names["nft"], "w") as f:
        f.write("add table inet bench\n"
                "add set inet bench s { type ipv4_addr; flags interval; }\n"
                "add element inet bench s {\n")
        f.writelines(f"{line},\n" for line in lines)
        f.write("}\n")
    return names


NFT_RULE = ("add chain inet bench out { type filter hook output priority raw; }; "
            "add rule inet bench out tcp flags & (syn|ack) == syn ip daddr @s counter")


class Hook(Figures):
    """The cost of a hook that looks at all and matches nothing."""
    name = "hook"
    title = "a hook that matches nothing"
    note = ("1,000 prefixes of five lengths, none of which matches; a monitor listens. What the "
            "same\ntraffic costs without any hook is subtracted. A packet is one of an "
            "established TCP flow on\nloopback, 1 byte back and forth; a connect is connect, "
            "accept and reset on loopback. Both ends are in\none process, whose run time it is. From run to run either "
            "tool's hook costs 280 a packet and 500 a connect\nmore or less, the same for both, for "
            "a reason that is in neither and was not found: the least are 99 and\n479 a packet, the most that were seen 389 and 763.")
    columns = (("packet", "instructions a packet", ".0f"), ("connect", "a connect", ".0f"),
               ("packet_whole", "a packet with all of TCP", ".0f"),
               ("connect_whole", "a connect with all of TCP", ".0f"))
    trips = 10000
    connects = 2500

    def prepare(self):
        self.names = write_lists(self.directory, 1000)
        self.base = None

    def rules(self):
        return {"knetctl": [f"knetctl filter replace {self.names['knetctl']}"],
                "nft": [f"nft -f {self.names['nft']}", f"nft '{NFT_RULE}'"],
                "nothing": []}

    def traffic(self):
        return [f"{TRAFFIC} trips {self.trips}", f"{TRAFFIC} connects {self.connects}"]

    def tools(self):
        return {tool: [short(c) for c in commands + self.traffic()]
                for tool, commands in self.rules().items()}

    def cost(self, meter):
        """Of the one process, in whose time both ends of the loopback do their work."""
        trips, connects = self.traffic()
        before = out_requests()
        packet = meter.run(trips.split())["client"]
        packet /= out_requests() - before
        return packet, meter.run(connects.split())["client"] / self.connects

    def measure(self, meter, tool):
        """What there is without a hook is measured each time, so that nothing drifts."""
        for command in self.rules()[tool]:
            run(command)
        monitor = Daemon("knetctl monitor filter") if tool == "knetctl" else None
        packet, connect = self.cost(meter)
        if tool == "knetctl":
            run("knetctl filter flush")
        if tool == "nft":
            run("nft delete table inet bench")
        base = self.cost(meter)
        if monitor:
            monitor.end()
        return {"packet": packet - base[0], "connect": connect - base[1],
                "packet_whole": packet, "connect_whole": connect}

    def goals(self, of):
        return [(f"nft's {what} is so many times knetctl's", of("nft", key) / of("knetctl", key),
                 "at least", goal)
                for key, what, goal in (("packet", "packet", 1), ("connect", "connect", 2))]


class FilterSize(Figures):
    """From 1,000 to 1,000,000 entries."""
    name = "filter-size"
    title = "the filter from 1,000 to 1,000,000 entries"
    note = ("Prefixes of five lengths, 70 % of them addresses. Loading and one change are whole "
            "commands less\nthe tool's start-up (`--version`), measured once; memory is what slab, "
            "vmalloc and per-CPU memory\nhave grown by. A lookup is what a SYN of a raw socket, to "
            "an address that is not among them, costs\nmore than without any hook. ipset's table "
            "has its full size from the beginning.\nnft reads the whole set for each change.")
    reps = 1
    sizes = SIZES
    syns = 20000
    kinds = (("load", "load", "million instructions", 1e6),
             ("memory", "kernel memory", "MiB", 1 << 20),
             ("user", "memory of the loading process", "MiB", 1 << 20),
             ("add", "one add", "thousand instructions", 1e3),
             ("del", "one delete", "thousand instructions", 1e3),
             ("lookup", "a lookup", "instructions", 1))
    columns = tuple((f"{kind}.{size}", f"{title} at {size:,}, {unit}", ".1f")
                    for kind, title, unit, _ in kinds for size in SIZES)
    one = "203.0.113.7"

    def prepare(self):
        self.startup = {}
        self.lists = {}
        dummy(9)

    def commands(self, tool, size):
        """To load, to add, to delete, to look up in a hook, to forget."""
        name = f"{self.directory}/{tool}.{size}"
        return {
            "knetctl": (f"knetctl filter replace {name}", f"knetctl filter add {self.one}",
                        f"knetctl filter del {self.one}", None, ["knetctl filter flush"]),
            "ipset": (f"ipset restore -f {name}", f"ipset add bench {self.one}",
                      f"ipset del bench {self.one}",
                      "iptables-legacy -t raw -A OUTPUT -p tcp --syn -m set --match-set bench dst",
                      ["iptables-legacy -t raw -F", "ipset destroy bench"]),
            "nft": (f"nft -f {name}", f"nft add element inet bench s {{ {self.one} }}",
                    f"nft delete element inet bench s {{ {self.one} }}", f"nft '{NFT_RULE}'",
                    ["nft delete table inet bench"])}[tool]

    def tools(self):
        return {tool: [short(c) for c in self.commands(tool, self.sizes[-1])[:4] if c]
                for tool in ("knetctl", "ipset", "nft")}

    def syn(self, meter):
        command = f"{TRAFFIC} syns {self.syns} 9"
        meter.run(command.split())
        return meter.run(command.split())["whole"] / self.syns

    def timed(self, command):
        """What a child is said to have taken has its parent's memory in it: so, a small parent."""
        return ["/usr/bin/time", "-f", "%M", "-o", f"{self.directory}/rss", *command]

    def change(self, meter, command, tool):
        return meter.run(self.timed(shlex.split(command)))["whole"] - self.startup[tool]

    def measure_size(self, meter, tool, size):
        load, add, delete, hook, forget = self.commands(tool, size)
        nothing = self.syn(meter)
        before = kernel_memory()
        cost = meter.run(self.timed(shlex.split(load)))
        # Until what was only of use on the way is given back.
        time.sleep(10)
        with open(f"{self.directory}/rss") as f:
            rss = 1024 * int(f.read())
        figures_ = {"load": cost["whole"] - self.startup[tool], "user": rss,
                    "memory": kernel_memory() - before}
        # The first ones may still find work that the load has left; of nft's that is nothing.
        for command in (add, delete) if tool != "nft" else ():
            self.change(meter, command, tool)
        for kind, command in (("add", add), ("del", delete)):
            figures_[kind] = self.change(meter, command, tool)
        if hook:
            run(hook)
        figures_["lookup"] = self.syn(meter) - nothing
        for command in forget:
            run(command)
        return figures_

    def measure(self, meter, tool):
        version = [tool, "--version"]
        meter.run(self.timed(version))
        self.startup[tool] = meter.run(self.timed(version))["whole"]
        figures_ = {}
        for size in self.sizes:
            if size not in self.lists:
                self.lists[size] = write_lists(self.directory, size)
            for kind, figure in self.measure_size(meter, tool, size).items():
                unit = next(k[3] for k in self.kinds if k[0] == kind)
                figures_[f"{kind}.{size}"] = figure / unit
            print(f"  {tool} {size}: " + ", ".join(
                f"{k} {v:.1f}" for k, v in figures_.items() if k.endswith(f".{size}")), flush=True)
        return figures_

    def goals(self, of):
        most = self.sizes[-1]
        return [("loading a million costs ipset so many times what it costs knetctl",
                 of("ipset", f"load.{most}") / of("knetctl", f"load.{most}"), "at least", 1),
                ("kernel memory of a million, MiB", of("knetctl", f"memory.{most}"), "at most",
                 64),
                ("one change of a million, ms of guest time",
                 max(of("knetctl", f"{k}.{most}") for k in ("add", "del")) / 1000, "at most", 1),
                ("a lookup among a million against one among a thousand",
                 of("knetctl", f"lookup.{most}") / of("knetctl", f"lookup.{self.sizes[0]}"),
                 "at most", 1.5)]

    def charts(self, of):
        return [(f"{self.name}-{kind}", f"{title} by entries", "entries", unit,
                 {tool: [(size, of(tool, f"{kind}.{size}")) for size in self.sizes]
                  for tool in self.tools()})
                for kind, title, unit, _ in self.kinds]

    def finish(self):
        no_dummy()


class Report(Figures):
    """Each attempt to connect is reported, as fast as they come."""
    name = "report"
    title = "reporting each outgoing connection"
    note = ("Attempts to connect, to a port of its own each and without an answer, as fast as one "
            "process makes\nthem; until all is written to a file. What the same attempts cost "
            "without a reporter is subtracted,\nand the rest divided by what was reported. "
            "ulogd has a receive buffer of 16 MiB and reads up to 50\npackets at once; "
            "conntrack and knetctl have what they ask for themselves. *tracked* is conntrack\n"
            "without a reader.\n\n"
            "Where knetctl's 4,450 go: 2,430 are the monitor's own, counted by callgrind with the "
            "same events: 1,220\nto take the message apart into the library's structure, and 1,180 to "
            "make a line of 70 bytes of it, 470 of\nwhich are the two addresses. By perf 1,800 are the "
            "hook's: 800 to write the message, 200 to find the rule,\n150 for the owner, 190 to ask "
            "twice whether somebody listens. To deliver and to read it and to write the\nfile are 240, "
            "as 30 events share a datagram and more a write. What was done: no system call for each "
            "event\n(getpid), one look for its number without libnl, the line put together where it is "
            "printed and not copied\nthere, no call for each word and each attribute: 5,234 were 4,450 "
            "after that. A fiftieth of conntrack's\nwould be 840, less than taking it apart or printing "
            "it costs alone.")
    columns = (("event", "instructions an event", ".0f"), ("lost", "lost", ".0f"),
               ("seen", "reported", ".0f"))
    count = 10000
    ulogd = """\
[global]
logfile="/dev/null"
loglevel=5
stack=log:NFLOG,base:BASE,ifi:IFINDEX,ip2str:IP2STR,print:PRINTPKT,emu:LOGEMU
plugin="{plugins}/ulogd_inppkt_NFLOG.so"
plugin="{plugins}/ulogd_raw2packet_BASE.so"
plugin="{plugins}/ulogd_filter_IFINDEX.so"
plugin="{plugins}/ulogd_filter_IP2STR.so"
plugin="{plugins}/ulogd_filter_PRINTPKT.so"
plugin="{plugins}/ulogd_output_LOGEMU.so"
[log]
group=5
netlink_socket_buffer_size=16777216
netlink_socket_buffer_maxsize=16777216
netlink_qthreshold=50
netlink_qtimeout=100
[emu]
file="{out}"
sync=0
"""

    def prepare(self):
        dummy(9)
        self.out = f"{self.directory}/report"
        self.config = f"{self.directory}/ulogd.conf"
        plugins = os.path.dirname(run("sh -c 'ls /usr/lib/*/ulogd/ulogd_inppkt_NFLOG.so'"))
        with open(self.config, "w") as f:
            f.write(self.ulogd.format(plugins=plugins, out=self.out))
        self.prefix = "9"

    def reporters(self):
        """How to prepare it, the program, how to end it."""
        track = ("nft 'add table inet bench; add chain inet bench out { type filter hook output "
                 "priority 0; }; add rule inet bench out ct state new'")
        log = ("nft 'add table inet bench; add chain inet bench out { type filter hook output "
               "priority raw; }; add rule inet bench out tcp flags & (syn|ack) == syn log group 5 "
               "queue-threshold 50'")
        end = ["nft delete table inet bench"]
        return {"knetctl": (["knetctl filter add any"], "knetctl monitor filter",
                            ["knetctl filter flush"]),
                "conntrack": ([track], "conntrack -E -e NEW -p tcp", end + ["conntrack -F"]),
                "nflog": ([log], f"ulogd -c {self.config}", end),
                "tracked": ([track], None, end + ["conntrack -F"])}

    def traffic(self):
        return f"{TRAFFIC} attempts {self.count} 9"

    def tools(self):
        return {tool: before + ([program] if program else []) + [short(self.traffic())]
                for tool, (before, program, _) in self.reporters().items()}

    def lines(self):
        with open(self.out) as f:
            return sum("10.9." in line for line in f)

    def cost(self, meter):
        """The attempts, and a second for what is reported late."""
        return meter.run(["sh", "-c", f"{self.traffic()}; exec sleep 1.5"])["whole"]

    def measure(self, meter, tool):
        base = self.cost(meter)
        before, program, after = self.reporters()[tool]
        for command in before:
            run(command)
        daemon = None
        if program:
            # ulogd writes its file itself.
            daemon = Daemon(program, self.out if tool != "nflog" else "/dev/null")
            time.sleep(1)
        cost = self.cost(meter)
        seen = None
        if daemon:
            daemon.end()
            seen = self.lines()
            os.unlink(self.out)
        for command in after:
            run(command)
        return {"event": (cost - base) / (seen or self.count), "seen": seen,
                "lost": seen if seen is None else self.count - seen}

    def goals(self, of):
        return [("an event costs conntrack -E so many times what it costs knetctl",
                 of("conntrack", "event") / of("knetctl", "event"), "at least", 50),
                ("an event costs nflog so many times what it costs knetctl",
                 of("nflog", "event") / of("knetctl", "event"), "at least", 6),
                ("events that knetctl loses", of("knetctl", "lost"), "at most", 0)]

    def finish(self):
        no_dummy()


class Subscribers(Figures):
    """The same events to many."""
    name = "subscribers"
    title = "one event for 1 to 64 subscribers"
    note = ("As in the row before, with as many monitors as it says, each of whom writes a line an "
            "event\nto /dev/null.")
    columns = (("1", "instructions an event for 1", ".0f"), ("64", "for 64", ".0f"),
               ("strict", "monitors that lost", ".0f"))
    counts = (1, 2, 4, 8, 16, 32, 64)
    attempts = 2000

    def prepare(self):
        dummy(9)

    def tools(self):
        return {"knetctl": ["knetctl filter add any", "knetctl monitor filter --strict >/dev/null",
                            short(self.traffic())]}

    def traffic(self):
        return f"{TRAFFIC} attempts {self.attempts} 9"

    def cost(self, meter):
        return meter.run(["sh", "-c", f"{self.traffic()}; exec sleep 1.5"])["whole"]

    def measure(self, meter, tool):
        base = self.cost(meter)
        run("knetctl filter add any")
        result, lost = {}, 0
        for count in self.counts:
            monitors = [Daemon("knetctl monitor filter --strict") for _ in range(count)]
            time.sleep(1)
            result[str(count)] = (self.cost(meter) - base) / self.attempts
            lost += sum(monitor.end() != 0 for monitor in monitors)
        run("knetctl filter flush")
        return {**result, "strict": lost}

    def goals(self, of):
        return [("subscribers that lost an event", of("knetctl", "strict"), "at most", 0)]

    def charts(self, of):
        return [(self.name, self.title, "subscribers", "instructions an event",
                 {"all of them": [(n, of("knetctl", str(n))) for n in self.counts],
                  "each of them": [(n, of("knetctl", str(n)) / n) for n in self.counts]})]

    def finish(self):
        no_dummy()


ROWS = [Hook, FilterSize, Report, Subscribers]

if __name__ == "__main__":
    # Before the guest runs, which would take longer.
    os.makedirs(f"{figures.BIN}/../lists", exist_ok=True)
    for n in FilterSize.sizes:
        write_lists(f"{figures.BIN}/../lists", n)
