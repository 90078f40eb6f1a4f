# SPDX-License-Identifier: GPL-2.0-only
"""Generic netlink by hand: what no library would let us send."""

import os
import re
import socket
import struct

NETLINK_GENERIC = 16
SOL_NETLINK = 270
ADD_MEMBERSHIP, PKTINFO, CAP_ACK, EXT_ACK = 1, 3, 10, 11

NLMSG_ERROR, NLMSG_DONE = 2, 3
F_REQUEST, F_MULTI, F_ACK, F_DUMP = 1, 2, 4, 0x300
F_ACK_TLVS = 0x200
NESTED = 0x8000

CTRL = 16
CTRL_GETFAMILY = 3


def attr(kind, payload=b""):
    """One attribute; numbers are made with u16(), u32(), u64()."""
    raw = struct.pack("=HH", len(payload) + 4, kind) + payload
    return raw + bytes(-len(raw) % 4)


def nest(kind, *attrs):
    return attr(kind | NESTED, b"".join(attrs))


def u16(kind, value):
    return attr(kind, struct.pack("=H", value))


def u32(kind, value):
    return attr(kind, struct.pack("=I", value & 0xffffffff))


def u64(kind, value):
    return attr(kind, struct.pack("=Q", value))


def parse(data):
    """{kind: last payload}; kinds without the flag NESTED."""
    return dict(parse_all(data))


def parse_all(data):
    found = []
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4:
            break
        found.append((kind & 0x3fff, data[4:length]))
        data = data[(length + 3) & ~3:]
    return found


class Refused(OSError):
    """The kernel's answer was an error; text and offset of its extended ack."""

    def __init__(self, err, text, offset):
        super().__init__(err, f"{os.strerror(err)}: {text}")
        self.text, self.offset = text, offset


class Genl:
    """A generic netlink socket of the calling thread's namespace."""

    def __init__(self, family="knetctl"):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.portid = self.sock.getsockname()[0]
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, CAP_ACK, 1)
        self.sock.settimeout(20)
        self.seq = 0
        self.family, self.groups = CTRL, {}
        if family:
            self.resolve(family)

    def resolve(self, name):
        got = parse(self.request(CTRL_GETFAMILY, attr(2, name.encode() + b"\0"))[0][1])
        self.groups = {}
        for _, group in parse_all(got.get(7, b"")):
            members = parse(group)
            self.groups[members[1].rstrip(b"\0").decode()] = struct.unpack("=I", members[2])[0]
        self.family = struct.unpack("=H", got[1])[0]

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, self.groups[group])

    def header(self, length, flags=F_REQUEST | F_ACK, kind=None):
        self.seq += 1
        return struct.pack("=IHHII", length + 16, self.family if kind is None else kind,
                           flags, self.seq, self.portid)

    def send(self, cmd, payload=b"", flags=F_REQUEST | F_ACK, version=1):
        body = struct.pack("=BBH", cmd, version, 0) + payload
        self.sock.sendto(self.header(len(body), flags) + body, (0, 0))

    def receive(self):
        """One datagram as [(type, flags, seq, payload)]."""
        data = self.sock.recv(1 << 20)
        messages = []
        while len(data) >= 16:
            length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
            messages.append((kind, flags, seq, data[16:length]))
            data = data[(length + 3) & ~3:]
        return messages

    def answers(self, seq=None):
        """[(cmd, attributes)] up to the end of the answer; raises Refused."""
        seq = self.seq if seq is None else seq
        found = []
        while True:
            for kind, flags, number, payload in self.receive():
                if number != seq:
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    self.check(flags, payload)
                    return found
                found.append((payload[0], payload[4:]))

    @staticmethod
    def check(flags, payload):
        err = -struct.unpack_from("=i", payload)[0] if len(payload) >= 4 else 0
        if not err:
            return
        more = parse(payload[20:]) if flags & F_ACK_TLVS else {}
        offset = struct.unpack("=I", more[2])[0] if 2 in more else None
        raise Refused(err, more.get(1, b"").rstrip(b"\0").decode(), offset)

    def request(self, cmd, payload=b"", flags=F_REQUEST | F_ACK):
        self.send(cmd, payload, flags)
        return self.answers()

    def dump(self, cmd, payload=b""):
        return self.request(cmd, payload, F_REQUEST | F_DUMP)

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def subscribed(pid, group="job"):
    """Has a process of our namespace joined a group? By /proc, so it need not tell us."""
    with Genl() as genl:
        number = genl.groups[group]
    inodes = set()
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            match = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{fd}"))
            if match:
                inodes.add(match[1])
    except FileNotFoundError:
        return False
    with open("/proc/thread-self/net/netlink") as table:
        for line in table.readlines()[1:]:
            words = line.split()
            if words[-1] in inodes and int(words[3], 16) >> (number - 1) & 1:
                return True
    return False
