# SPDX-License-Identifier: GPL-2.0-only
"""A world of two network namespaces: the client's, in which the test itself
lives, and the server's behind a veth pair."""

import ctypes
import itertools
import os
import socket
import subprocess

from wait import until

CLIENT4, SERVER4 = "10.0.0.1", "10.0.0.2"
CLIENT6, SERVER6 = "fd00::1", "fd00::2"
# Addresses of the server's namespace that nobody is told of
OTHER4, OTHER6 = "10.0.0.3", "fd00::3"

CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count(1)


def netstat(*names):
    """The sum of counters of /proc/net/netstat and /proc/net/snmp, of the thread's namespace."""
    found = {}
    for file in ("netstat", "snmp"):
        with open("/proc/thread-self/net/" + file, encoding="utf-8") as f:
            lines = [line.split() for line in f]
        for heads, values in zip(lines[::2], lines[1::2]):
            found |= {heads[0][:-1] + h: int(v) for h, v in zip(heads[1:], values[1:])
                      if h != heads[0]}
    return sum(found[n] for n in names)


def setns(fd):
    """Move the calling thread into a network namespace."""
    if _libc.setns(fd, CLONE_NEWNET):
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))


class Netns:
    """A named network namespace; `with ns:` runs the block inside."""

    def __init__(self, name):
        self.name = name
        self.path = "/run/netns/" + name
        self._outside = []

    def enter(self):
        """Move the calling thread into it, for good."""
        inside = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            setns(inside)
        finally:
            os.close(inside)

    def __enter__(self):
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self.enter()
        self._outside.append(outside)
        return self

    def __exit__(self, *_):
        outside = self._outside.pop()
        setns(outside)
        os.close(outside)

    def socket(self, *args):
        """A socket of this namespace for the main thread, wherever it is."""
        with self:
            return socket.socket(*args)

    def command(self, *args):
        return ["nsenter", "--net=" + self.path, "--", *args]

    def connects(self, address, port):
        """Does somebody accept connections there?"""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with self.socket(family, socket.SOCK_STREAM) as s:
            return s.connect_ex((address, port)) == 0


def ip(*lines):
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n",
                   text=True, check=True)


class World:
    def __init__(self):
        number = next(_numbers)
        self.client = Netns(f"client{number}")
        self.server = Netns(f"server{number}")
        c, s = self.client.name, self.server.name
        ip(f"netns add {c}", f"netns add {s}",
           f"link add veth{number} netns {c} type veth peer name veth{number} netns {s}")
        self.device = f"veth{number}"
        for name, four, six in ((c, CLIENT4, CLIENT6), (s, SERVER4, SERVER6)):
            subprocess.run(["ip", "-n", name, "-batch", "-"], text=True, check=True, input=f"""
                link set lo up
                address add {four}/24 dev {self.device}
                address add {six}/64 dev {self.device} nodad
                link set {self.device} up
                """)
        for ns in (self.client, self.server):
            # A closed socket whose peer's namespace is gone must not keep its own for minutes.
            with ns, open("/proc/sys/net/ipv4/tcp_orphan_retries", "w") as f:
                f.write("1")
        self.client.__enter__()
        until(self.ready, "IPv6 between the namespaces")

    def ready(self):
        with self.client.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            try:
                s.connect((SERVER6, 9))
                s.send(b"")
            except OSError:
                return False
        return True

    def peer_exists(self):
        """Is the server's end of the pair there? It goes with the client's namespace."""
        out = subprocess.run(["ip", "-n", self.server.name, "-o", "link"], text=True,
                             capture_output=True, check=True).stdout
        return self.device in out

    def leave(self):
        """Go out of the client's namespace, for who wants to remove it."""
        if self.client._outside:
            self.client.__exit__()

    def close(self):
        self.leave()
        for ns in (self.client, self.server):
            if os.path.exists(ns.path):
                subprocess.run(["ip", "netns", "del", ns.name], check=True)
