# SPDX-License-Identifier: GPL-2.0-only
"""What is measured: in each row the same work by knetctl and by other tools."""

import filecmp
import os
import subprocess

import rows_filter
import rows_listener
import rows_send
import rows_small

HOST = "ftp://127.0.0.1"
MIB = 1 << 20


class Row:
    """`commands` maps a tool to its command; the first one is knetctl's.

    `goals` says of which figure curl is to have how many times more, `note` what a reader of
    the figures must know.
    """
    name = title = note = ""
    goals = {}

    def __init__(self, server, directory):
        self.server = server
        self.directory = directory

    def prepare(self):
        """Once, before the first command."""

    def commands(self):
        raise NotImplementedError

    def check(self):
        """After each command: is the work done?"""
        raise NotImplementedError

    def clear(self):
        """After each command: as it was before."""
        raise NotImplementedError

    def finish(self):
        """Once, after the last command."""


class Get256(Row):
    """One large file."""
    size = 256 * MIB

    def prepare(self):
        self.source = f"{self.server.root}/big"
        if not os.path.exists(self.source):
            self.server.file("big", self.size)
        self.target = f"{self.directory}/F"

    def commands(self):
        return {"knetctl": ["knetctl", "ftp", "get", f"{HOST}/big", self.target],
                "curl": ["curl", "-s", "-o", self.target, f"{HOST}/big"]}

    def check(self):
        if not filecmp.cmp(self.source, self.target, shallow=False):
            raise SystemExit(f"bench: {self.name}: {self.target} is not what the server has")

    def clear(self):
        os.unlink(self.target)


class Get256Tmpfs(Get256):
    name = "get256-tmpfs"
    title = "get one file of 256 MiB into tmpfs"
    goals = {"cost": 1.5}


class Get256Disk(Get256):
    """Onto a disk in memory, whose copying stands for DMA: a real one would be waited for."""
    mkfs = ()

    def prepare(self):
        self.directory = f"{self.directory}/{self.name}"
        subprocess.run(["modprobe", "brd", "rd_nr=1", "rd_size=524288"], check=True)
        subprocess.run([*self.mkfs, "/dev/ram0"], check=True)
        os.makedirs(self.directory)
        subprocess.run(["mount", "/dev/ram0", self.directory], check=True)
        super().prepare()

    def commands(self):
        """With sync, which costs the same 1 million instructions to start for both."""
        return {tool: ["sh", "-c", f"{' '.join(command)} && exec sync -f {self.target}"]
                for tool, command in super().commands().items()}

    def clear(self):
        super().clear()
        os.sync()

    def finish(self):
        subprocess.run(["umount", self.directory], check=True)


class Get256Ext4(Get256Disk):
    name = "get256-ext4"
    title = "get one file of 256 MiB onto ext4, until it is on the disk"
    note = "knetctl writes a file of this size past the page cache."
    goals = {"cost": 5}
    mkfs = ("mkfs.ext4", "-qF", "-E", "lazy_itable_init=0,lazy_journal_init=0")


class Get256Xfs(Get256Disk):
    name = "get256-xfs"
    title = "get one file of 256 MiB onto xfs, until it is on the disk"
    note = Get256Ext4.note
    goals = {"cost": 4}
    mkfs = ("mkfs.xfs", "-qf")


class Put256(Row):
    """The other way."""
    name = "put256"
    title = "put one file of 256 MiB from tmpfs"
    note = ("On 6.12 (`bench/run --kernel 6.12 put256`) it is 72.8 against 223.1: 3.06 times, without "
            "start-up 2.72; the goal\nthere is 3. Before 6.5 TCP takes one page a call, and looks "
            "at the connection's MSS and memory for each:\nabout a fifth of what the module costs here. "
            "What was done: pages go by reference there too, 16 under one\nlock of the socket, "
            "and only the last of them is pushed.")
    # MSG_SPLICE_PAGES came with 6.5.
    goals = {"cost": 3 if tuple(map(int, os.uname().release.split(".")[:2])) >= (6, 5) else 2.5}
    size = 256 * MIB

    def prepare(self):
        self.source = f"{self.server.root}/big"
        if not os.path.exists(self.source):
            self.server.file("big", self.size)
        self.target = f"{self.server.incoming()}/F"

    def commands(self):
        url = f"{HOST}/{os.path.relpath(self.target, self.server.root)}"
        return {"knetctl": ["knetctl", "ftp", "put", self.source, url],
                "curl": ["curl", "-s", "-T", self.source, url]}

    def check(self):
        if not filecmp.cmp(self.source, self.target, shallow=False):
            raise SystemExit(f"bench: {self.name}: {self.target} is not what was sent")

    def clear(self):
        os.unlink(self.target)


class Small1000(Row):
    """Many small files over one control connection."""
    name = "small1000"
    title = "get 1,000 files of 4 KiB into tmpfs"
    note = ("curl 7.88 with one processor waits for a second before each file; what the guest does "
            "by itself\n"
            "in these seconds, about 20 million instructions, is in its cost, but not in its "
            "process.\n\n"
            "Where knetctl's 280 thousand a file go, about: 46 to connect for the data, which on loopback "
            "is the server's\nside of it as well, 20 to take and write them, 12 to close, 18 to send "
            "the commands, 14 to receive and\nread the replies, 15 to wait, 10 to deliver events; in "
            "the command 40 to open and close the file, 45\nto start the job and fetch its result, 25 "
            "for its events. What was done: SIZE and EPSV of the next\nfile in the segment of this "
            "one's RETR, answers as large as they need to be and no acknowledgement\nbehind them, text "
            "of replies not taken byte by byte, one look at the file's name in place of four: 333\nwere "
            "291 after that; one job-progress a file in place of two, 280. The goal would leave 98, "
            "which is less than\nTCP takes for the connection, the data and the commands alone. "
            "Left as they are: the directory that is\nopened for each file (8), so that its name is "
            "made and removed in one place whatever is renamed meanwhile;\nthe request for each result, "
            "which is what tells the module that it arrived.")
    goals = {"cost": 4, "whole": 1.7}
    count = 1000
    size = 4096

    def prepare(self):
        self.names = [f"f{i:04}" for i in range(self.count)]
        for name in self.names:
            self.server.file(f"small/{name}", self.size)
        self.target = f"{self.directory}/small"
        with open(f"{self.directory}/list-knetctl", "w") as f:
            f.writelines(f"{HOST}/small/{n} {self.target}/{n}\n" for n in self.names)
        with open(f"{self.directory}/list", "w") as f:
            f.writelines(f'url = "{HOST}/small/{n}"\noutput = "{self.target}/{n}"\n'
                         for n in self.names)
        os.mkdir(self.target)

    def commands(self):
        return {"knetctl": ["knetctl", "-q", "ftp", "get", "--sessions", "1", "--list",
                            f"{self.directory}/list-knetctl"],
                "curl": ["curl", "-s", "-K", f"{self.directory}/list"]}

    def check(self):
        _, differ, missing = filecmp.cmpfiles(f"{self.server.root}/small", self.target,
                                              self.names, shallow=False)
        if differ or missing:
            raise SystemExit(f"bench: {self.name}: {len(differ + missing)} files are wrong")

    def clear(self):
        for name in self.names:
            os.unlink(f"{self.target}/{name}")


ROWS = [Get256Tmpfs, Get256Ext4, Get256Xfs, Put256, Small1000, *rows_small.ROWS,
        *rows_filter.ROWS, *rows_listener.ROWS, *rows_send.ROWS]

# Start-up of each tool, and of nothing.
STARTUP = {"knetctl": ["knetctl", "--version"], "curl": ["curl", "--version"],
           "nothing": ["true"]}
