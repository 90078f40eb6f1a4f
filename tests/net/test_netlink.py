# SPDX-License-Identifier: GPL-2.0-only
"""The protocol against who speaks it badly, and against who speaks it without us."""

import errno
import json
import os
import select
import socket
import struct
import subprocess
import time

import pytest

import module
import uapi
from command import jobs, knetctl, status
from genl import (F_ACK, F_DUMP, F_REQUEST, PKTINFO, SOL_NETLINK, Genl, Refused, attr, nest,
                  parse, u16, u32, u64)
from wait import until
from world import SERVER4

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", "/root/.cache"), "knetctl")
YNL = os.path.join(CACHE, "ynl-6.12/tools/net/ynl/cli.py")
SPEC = os.path.join(uapi.TOP, "include/netlink/knetctl.yaml")

COMMANDS = {"status": uapi.CMD_STATUS, "event-sync": uapi.CMD_EVENT_SYNC,
            "job-start": uapi.CMD_JOB_START, "job-get": uapi.CMD_JOB_GET,
            "job-cancel": uapi.CMD_JOB_CANCEL, "job-wait": uapi.CMD_JOB_WAIT,
            "job-set": uapi.CMD_JOB_SET}


@pytest.fixture
def sock(world):
    with Genl() as sock:
        yield sock
    # Nothing that was refused has left anything.
    until(lambda: status()["jobs"] == 0, "no job")


@pytest.fixture
def file(directory):
    with open(directory / "f", "wb") as f:
        yield f


def address(text):
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return attr(uapi.A_ENDPOINT_ADDRESS, socket.inet_pton(family, text))


def remote(text=SERVER4, port=1):
    return nest(uapi.A_JOB_REMOTE, address(text), u16(uapi.A_ENDPOINT_PORT, port))


class Start:
    """A job-start whose parts can be replaced or left out (None)."""

    def __init__(self, number, **parts):
        ftp = {"user": attr(uapi.A_FTP_USER, b"user"),
               "password": attr(uapi.A_FTP_PASSWORD, b"secret"),
               "pathname": attr(uapi.A_FTP_PATHNAME, b"f")}
        self.parts = {"kind": u32(uapi.A_JOB_KIND, uapi.JOB_KIND_FTP_GET),
                      "fd": u32(uapi.A_JOB_FD, number), "remote": remote()}
        for name, value in parts.items():
            target = self.parts if name in ("kind", "fd", "remote", "ftp", "more") else ftp
            target[name] = value
        self.parts.setdefault("ftp", nest(uapi.A_JOB_FTP, *filter(None, ftp.values())))

    def payload(self):
        return b"".join(filter(None, self.parts.values()))


def start(sock, payload):
    if isinstance(payload, Start):
        payload = payload.payload()
    (_, answer), = sock.request(uapi.CMD_JOB_START, payload)
    return struct.unpack("=I", parse(answer)[uapi.A_JOB_ID])[0]


def refused(sock, payload, *errors):
    with pytest.raises(Refused) as caught:
        start(sock, payload)
    assert caught.value.errno in errors, caught.value
    assert jobs("state", "running") == jobs("state", "queued") == []
    return caught.value


def test_good_one(sock, file):
    """What all others are made of is accepted."""
    ident = start(sock, Start(file.fileno()))
    until(lambda: jobs("state", "failed"), "its end")
    assert ident in [j["id"] for j in jobs()]


# --- messages that are none ------------------------------------------------------

def test_truncated(sock, file):
    """Cut at each byte: an error or silence, never a job."""
    payload = Start(file.fileno()).payload()
    body = struct.pack("=BBH", uapi.CMD_JOB_START, 1, 0) + payload
    for cut in range(0, len(body) - 4, 3):
        part = body[:cut]
        sock.sock.sendto(sock.header(len(part)) + part, (0, 0))
        with pytest.raises(Refused):
            sock.answers()
    assert jobs("state", "running") == []


def test_lying_lengths(sock, file):
    """Headers that promise more or less than there is."""
    payload = Start(file.fileno()).payload()
    for length in (0, 1, 3, 5, 7, 0x7fff, 0xffff):
        bad = bytearray(payload)
        struct.pack_into("=H", bad, 0, length)
        sock.send(uapi.CMD_JOB_START, bytes(bad))
        try:
            sock.answers()
        except Refused:
            pass
    # The nested one, too.
    for length in (0, 3, 7, 0xffff):
        inner = bytearray(attr(uapi.A_FTP_PATHNAME, b"f"))
        struct.pack_into("=H", inner, 0, length)
        refused(sock, Start(file.fileno(), ftp=nest(uapi.A_JOB_FTP, bytes(inner))),
                errno.EINVAL, errno.ERANGE)


def test_unknown_commands(sock):
    for cmd in (0, 200, 255, uapi.CMD_JOB_STARTED, uapi.CMD_JOB_DONE, uapi.CMD_LOST):
        for flags in (F_REQUEST | F_ACK, F_REQUEST | F_DUMP):
            with pytest.raises(Refused) as caught:
                sock.request(cmd, b"", flags)
            assert caught.value.errno == errno.EOPNOTSUPP


def test_unknown_version_and_flags(sock):
    sock.send(uapi.CMD_STATUS, version=99)
    assert sock.answers()
    sock.send(uapi.CMD_STATUS, flags=F_REQUEST | F_ACK | 0x8)
    assert sock.answers()


def test_dump_of_what_has_none(sock):
    for cmd in (uapi.CMD_STATUS, uapi.CMD_JOB_START, uapi.CMD_JOB_CANCEL, uapi.CMD_JOB_WAIT):
        with pytest.raises(Refused) as caught:
            sock.dump(cmd)
        assert caught.value.errno == errno.EOPNOTSUPP


def test_huge_message(sock, file):
    """As large as a socket takes."""
    sock.sock.setsockopt(socket.SOL_SOCKET, 32, 4 << 20)	# SO_SNDBUFFORCE
    big = attr(uapi.A_FTP_PATHNAME, b"x" * 65000)
    refused(sock, Start(file.fileno(), pathname=big), errno.ENAMETOOLONG, errno.EINVAL,
            errno.ERANGE)
    payload = Start(file.fileno()).payload() + remote() * 50000
    refused(sock, payload, errno.E2BIG, errno.EINVAL)
    garbage = os.urandom(200000)
    sock.send(uapi.CMD_JOB_START, garbage)
    with pytest.raises(Refused):
        sock.answers()


# --- attributes ------------------------------------------------------------------

@pytest.mark.parametrize("name", ["kind", "fd", "remote", "ftp", "pathname"])
def test_missing(sock, file, name):
    refusal = refused(sock, Start(file.fileno(), **{name: None}), errno.EINVAL)
    assert name in refusal.text


def test_unknown_attributes(sock, file):
    """Strict validation from the first day: what is not known is refused."""
    refused(sock, Start(file.fileno(), more=u32(999, 1)), errno.EINVAL)
    refused(sock, Start(file.fileno(), more=u32(uapi.A_JOB_BYTES, 1)), errno.EINVAL)
    with pytest.raises(Refused):
        sock.request(uapi.CMD_STATUS, u32(77, 1))


@pytest.mark.parametrize("bad", [
    u16(uapi.A_JOB_KIND, 1), attr(uapi.A_JOB_KIND), u64(uapi.A_JOB_KIND, 1),
    u32(uapi.A_JOB_KIND, 0), u32(uapi.A_JOB_KIND, 99),
], ids=["short", "empty", "long", "zero", "unknown"])
def test_bad_kind(sock, file, bad):
    refused(sock, Start(file.fileno(), kind=bad), errno.EINVAL, errno.ERANGE)


@pytest.mark.parametrize("more", [
    u32(uapi.A_JOB_FLAGS, 0x80000000), u16(uapi.A_JOB_TIMEOUT, 1),
    attr(uapi.A_JOB_MAX_SIZE, b"1"), attr(uapi.A_JOB_SOURCE, b"10.0.0.1"),
    nest(uapi.A_JOB_SOURCE), nest(uapi.A_JOB_SOURCE, attr(uapi.A_ENDPOINT_ADDRESS, b"12345")),
    nest(uapi.A_JOB_SOURCE, address("fd00::1")),
], ids=["flags", "timeout", "max-size", "source-text", "source-empty", "source-length",
        "source-family"])
def test_bad_attributes(sock, file, more):
    refused(sock, Start(file.fileno(), more=more), errno.EINVAL, errno.ERANGE,
            errno.EAFNOSUPPORT)


@pytest.mark.parametrize("bad", [
    nest(uapi.A_JOB_REMOTE), nest(uapi.A_JOB_REMOTE, address(SERVER4)),
    remote(port=0), nest(uapi.A_JOB_REMOTE, u16(uapi.A_ENDPOINT_PORT, 21)),
    nest(uapi.A_JOB_REMOTE, attr(uapi.A_ENDPOINT_ADDRESS, bytes(5)),
         u16(uapi.A_ENDPOINT_PORT, 21)),
    attr(uapi.A_JOB_REMOTE, b"\x01"), remote() * 17,
], ids=["empty", "no-port", "port-0", "no-address", "length", "garbage", "seventeen"])
def test_bad_remote(sock, file, bad):
    refused(sock, Start(file.fileno(), remote=bad), errno.EINVAL, errno.E2BIG, errno.ERANGE)


def test_sixteen_remotes(sock, file):
    start(sock, Start(file.fileno(), remote=remote() * 16))


@pytest.mark.parametrize("text", [b"\r", b"\n", b"f\r\nDELE g", b"f\0g", b"\x7f", b"\x1b", b"\t"])
@pytest.mark.parametrize("name, kind", [
    ("user", uapi.A_FTP_USER), ("password", uapi.A_FTP_PASSWORD),
    ("account", uapi.A_FTP_ACCOUNT), ("pathname", uapi.A_FTP_PATHNAME)])
def test_control_bytes(sock, file, name, kind, text):
    """Nothing of a caller becomes a command of its own."""
    refused(sock, Start(file.fileno(), **{name: attr(kind, text)}), errno.EINVAL)


@pytest.mark.parametrize("name, kind, most", [
    ("user", uapi.A_FTP_USER, uapi.CREDENTIAL_MAX),
    ("password", uapi.A_FTP_PASSWORD, uapi.CREDENTIAL_MAX),
    ("account", uapi.A_FTP_ACCOUNT, uapi.CREDENTIAL_MAX),
    ("pathname", uapi.A_FTP_PATHNAME, uapi.PATHNAME_MAX)])
def test_long_strings(sock, file, name, kind, most):
    refused(sock, Start(file.fileno(), **{name: attr(kind, b"x" * (most + 1))}),
            errno.ENAMETOOLONG, errno.EINVAL, errno.ERANGE)
    start(sock, Start(file.fileno(), **{name: attr(kind, b"x" * most)}))


def test_empty_pathname(sock, file):
    refused(sock, Start(file.fileno(), pathname=attr(uapi.A_FTP_PATHNAME)), errno.EINVAL)


@pytest.mark.parametrize("more", [
    [u16(uapi.A_FTP_PORT_MIN, 5)], [u16(uapi.A_FTP_PORT_MAX, 5)],
    [u16(uapi.A_FTP_PORT_MIN, 6), u16(uapi.A_FTP_PORT_MAX, 5)],
    [u16(uapi.A_FTP_PORT_MIN, 0), u16(uapi.A_FTP_PORT_MAX, 5)],
    [attr(uapi.A_FTP_ACTIVE_ADDRESS, b"12345")], [u64(uapi.A_FTP_OFFSET, 1 << 63)],
    [u64(uapi.A_FTP_OFFSET, (1 << 64) - 1)],
], ids=["min-only", "max-only", "reversed", "zero", "address", "offset", "offset-most"])
def test_bad_ftp(sock, file, more):
    refused(sock, Start(file.fileno(), more_ftp=b"".join(more)), errno.EINVAL, errno.ERANGE,
            errno.EFBIG)


# --- descriptors ------------------------------------------------------------------

def test_bad_fd(sock, file):
    refused(sock, Start(-1), errno.EINVAL, errno.ERANGE, errno.EBADF)
    refused(sock, Start(1 << 31), errno.EINVAL, errno.ERANGE, errno.EBADF)
    refusal = refused(sock, Start(987654), errno.EBADF)
    assert "descriptor" in refusal.text


def descriptors(directory):
    """Every kind of descriptor that is not a regular file for writing."""
    path = str(directory / "t")
    with open(path, "wb"):
        pass
    os.mkfifo(path + ".fifo")
    subprocess.run(["modprobe", "brd", "rd_nr=1", "rd_size=1024"], check=True)
    until(lambda: os.path.exists("/dev/ram0"), "/dev/ram0")
    ends = os.pipe()
    epoll = select.epoll()
    yield "read-only", os.open(path, os.O_RDONLY)
    yield "append", os.open(path, os.O_WRONLY | os.O_APPEND)
    yield "path", os.open(path, os.O_PATH)
    yield "directory", os.open(directory, os.O_RDONLY)
    yield "tmpfile-read-only", os.open("/proc/self/status", os.O_RDONLY)
    yield "proc", os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    yield "sysfs", os.open("/sys/module/knetctl/parameters/max_jobs", os.O_WRONLY)
    yield "block", os.open("/dev/ram0", os.O_WRONLY)
    yield "null", os.open("/dev/null", os.O_WRONLY)
    yield "full", os.open("/dev/full", os.O_RDWR)
    yield "kmsg", os.open("/dev/kmsg", os.O_WRONLY)
    yield "fifo", os.open(path + ".fifo", os.O_RDWR)
    yield "pipe-read", ends[0]
    yield "pipe-write", ends[1]
    yield "tcp", socket.socket().detach()
    yield "udp", socket.socket(socket.AF_INET, socket.SOCK_DGRAM).detach()
    yield "unix-datagram", socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].detach()
    yield "netlink", socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16).detach()
    yield "eventfd", os.eventfd(0)
    yield "epoll", os.dup(epoll.fileno())
    yield "pidfd", os.pidfd_open(os.getpid())
    yield "netns", os.open("/proc/self/ns/net", os.O_RDONLY)
    yield "tty", os.openpty()[0]
    for name in ("/sys/kernel/debug/sched/verbose", module.tracefs() + "/trace_marker"):
        if os.path.exists(name):
            yield name, os.open(name, os.O_WRONLY)


def test_every_kind_of_fd(sock, directory):
    kinds = []
    for kind, fd in descriptors(directory):
        refusal = refused(sock, Start(fd), errno.EINVAL, errno.EBADF, errno.EISDIR,
                          errno.EOPNOTSUPP)
        assert refusal.text, f"{kind}: refused without a word"
        kinds.append(kind)
        try:
            os.close(fd)
        except OSError:
            pass	# the object behind it has closed it
    assert len(kinds) > 20
    module.unload_other("brd")


def test_sealed_memory(sock):
    """A memfd is a regular file; sealed against writing it fails and does not harm."""
    fd = os.memfd_create("m", os.MFD_ALLOW_SEALING)
    start(sock, Start(fd))
    os.close(fd)


# --- ids ----------------------------------------------------------------------------

@pytest.mark.parametrize("cmd", ["job-get", "job-cancel", "job-wait"])
def test_bad_ids(sock, cmd):
    for payload, err in ((b"", errno.EINVAL), (u32(uapi.A_JOB_ID, 0), errno.ERANGE),
                         (u32(uapi.A_JOB_ID, 0xffffffff), errno.ENOENT),
                         (u16(uapi.A_JOB_ID, 1), errno.ERANGE)):
        with pytest.raises(Refused) as caught:
            sock.request(COMMANDS[cmd], payload)
        assert caught.value.errno in (err, errno.EINVAL), (cmd, payload, caught.value)


def test_jobs_of_another_namespace(sock, world, file):
    ident = start(sock, Start(file.fileno()))
    with world.server, Genl() as other:
        for cmd in ("job-get", "job-cancel", "job-wait", "job-set"):
            with pytest.raises(Refused) as caught:
                other.request(COMMANDS[cmd], u32(uapi.A_JOB_ID, ident) +
                              (u64(uapi.A_JOB_RATE, 0) if cmd == "job-set" else b""))
            assert caught.value.errno == errno.ENOENT
        assert other.dump(uapi.CMD_JOB_GET) == []


# --- a dump that nobody reads ---------------------------------------------------------

def test_unread_dump(sock, file):
    """It holds neither the jobs nor the namespace's other clients."""
    for _ in range(300):
        start(sock, Start(file.fileno()))
    with Genl() as reader:
        reader.send(uapi.CMD_JOB_GET, flags=F_REQUEST | F_DUMP)
        assert len(jobs()) >= 300
        knetctl("status").ok()
        found = reader.answers()
        assert len(found) >= 300


# --- who may ----------------------------------------------------------------------------

NOBODY = """
import errno, os, sys
sys.path.insert(0, sys.argv[1])
import genl, uapi
if sys.argv[2] == "nobody":
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
with genl.Genl() as sock:
    for cmd in {commands}:
        for flags in (genl.F_REQUEST | genl.F_ACK, genl.F_REQUEST | genl.F_DUMP):
            try:
                sock.request(cmd, genl.u32(uapi.A_JOB_ID, 1), flags)
                print(cmd, "was allowed")
            except genl.Refused as refused:
                if refused.errno not in (errno.EPERM, errno.EOPNOTSUPP):
                    print(cmd, refused)
                if refused.errno == errno.EOPNOTSUPP and not flags & genl.F_DUMP:
                    print(cmd, "is not known")
    try:
        sock.join("job")
        print("the group could be joined")
    except PermissionError:
        pass
print("end")
"""


@pytest.mark.parametrize("prefix, who", [
    ([], "nobody"), (["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"], "root"),
], ids=["nobody", "root-without"])
def test_unprivileged(world, prefix, who):
    """EPERM for every command and dump, and for joining the group."""
    script = NOBODY.format(commands=list(COMMANDS.values()))
    got = subprocess.run([*prefix, "/usr/bin/python3", "-c", script,
                          os.path.dirname(__file__), who],
                         capture_output=True, text=True, check=False)
    assert got.stdout == "end\n", got


def test_container(world):
    """With CAP_NET_ADMIN of another user namespace only: no command either."""
    script = NOBODY.format(commands=list(COMMANDS.values()))
    got = subprocess.run(["unshare", "--user", "--map-root-user", "--net", "/usr/bin/python3",
                          "-c", script, os.path.dirname(__file__), "root"],
                         capture_output=True, text=True, check=False)
    # The group is the namespace's own, and there nothing happens.
    assert got.stdout in ("end\n", "the group could be joined\nend\n"), got


# --- clients that are not ours ------------------------------------------------------------

def test_genl_ctrl_list(world):
    out = subprocess.run(["genl", "ctrl", "list"], capture_output=True, text=True,
                         check=True).stdout
    ours = out[out.index("Name: knetctl"):].split("\n\n\n")[0]
    assert "name: job" in ours
    assert f"Version: {uapi.FAMILY_VERSION:#x}" in ours
    for number in COMMANDS.values():
        assert f"ID-{number:#x}" in ours


def ynl(*args):
    return subprocess.run(["/usr/bin/python3", YNL, "--spec", SPEC, "--no-schema",
                           "--output-json", *args], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not os.path.exists(YNL), reason="no linux-source-6.12 in the cache")
def test_ynl(sock, file):
    """The kernel's own client, with our YAML and nothing else of ours."""
    ident = start(sock, Start(file.fileno()))
    until(lambda: jobs("state", "failed"), "its end")
    got = ynl("--list-ops")
    for name in COMMANDS:
        assert name in got.stdout, got
    got = ynl("--do", "status", "--json", "{}")
    told = json.loads(got.stdout)
    assert told["version"] == status()["version"] and told["jobs-max"] == status()["jobs_max"]
    assert told["group"][0]["name"] == "job"
    got = ynl("--dump", "job-get")
    listed = json.loads(got.stdout)
    job = next(j for j in listed if j["id"] == ident)
    assert job["kind"] == "ftp-get" and job["state"] == "failed" and job["errno"] == 111
    got = ynl("--do", "job-get", "--json", json.dumps({"id": ident}))
    assert json.loads(got.stdout)["id"] == ident
    got = ynl("--do", "job-cancel", "--json", json.dumps({"id": ident}))
    assert "the job has ended" in got.stdout + got.stderr


def deliver(sock, number, listener, text):
    """One event at least of each group: a job that fails, and a connection to a listener."""
    start(sock, Start(number, pathname=attr(uapi.A_FTP_PATHNAME, text)))
    with socket.create_connection(("127.0.0.1", listener["local"]["port"])) as s:
        return s.getsockname()[1]


def group_and_commands(events):
    """Of one datagram: the group that the kernel says it went to, and what is in it."""
    data, control, _, _ = events.sock.recvmsg(1 << 16, socket.CMSG_SPACE(4))
    number, = [struct.unpack("=I", info)[0] for level, kind, info in control
               if (level, kind) == (SOL_NETLINK, PKTINFO)]
    commands = set()
    while len(data) >= 20:
        commands.add(data[16])
        data = data[(struct.unpack_from("=I", data)[0] + 3) & ~3:]
    return next(name for name, n in events.groups.items() if n == number), commands


def test_group_of_a_datagram(sock, file):
    """Told by the kernel; so the library counts what it does not know for the right group."""
    knetctl("filter", "add", "127.0.0.1").ok()
    listener = knetctl("-j", "listener", "add", "127.0.0.1:0", "service", "close").ok().json
    seen = {"job": set(), "filter": set(), "connection": set()}
    try:
        with Genl() as events:
            for group in seen:
                events.join(group)
            events.sock.setsockopt(SOL_NETLINK, PKTINFO, 1)
            deliver(sock, file.fileno(), listener, b"which group")
            while not (uapi.CMD_JOB_DONE in seen["job"] and seen["filter"] and
                       uapi.CMD_CONNECTION_CLOSED in seen["connection"]):
                group, commands = group_and_commands(events)
                seen[group] |= commands
    finally:
        knetctl("filter", "flush").ok()
        knetctl("listener", "del", listener["id"]).ok()
    assert seen["job"] <= {uapi.CMD_JOB_STARTED, uapi.CMD_JOB_PROGRESS, uapi.CMD_JOB_DONE}
    assert seen["filter"] == {uapi.CMD_FILTER_MATCH}
    assert seen["connection"] == {uapi.CMD_CONNECTION_ACCEPTED, uapi.CMD_CONNECTION_CLOSED}


@pytest.mark.skipif(not os.path.exists(YNL), reason="no linux-source-6.12 in the cache")
def test_ynl_subscribe(sock, file, directory):
    """It subscribes with the YAML alone, and understands what it gets, many in a datagram."""
    knetctl("filter", "add", "127.0.0.1").ok()
    listener = knetctl("-j", "listener", "add", "127.0.0.1:0", "service", "close").ok().json
    told = {group: open(directory / group, "w+", encoding="utf-8")
            for group in ("job", "filter", "connection")}
    clients = [subprocess.Popen(
        ["/usr/bin/python3", YNL, "--spec", SPEC, "--no-schema", "--output-json", "--sleep", "1",
         "--subscribe", group], stdout=out, stderr=out) for group, out in told.items()]
    ports = set()
    try:
        # They look once, a second after they have begun: there is something all the time.
        while any(client.poll() is None for client in clients):
            ports.add(deliver(sock, file.fileno(), listener, b"of ynl"))
            time.sleep(0.05)
    finally:
        knetctl("filter", "flush").ok()
        knetctl("listener", "del", listener["id"]).ok()
    for group, out in told.items():
        out.seek(0)
        text = out.read()
        out.close()
        assert text.startswith("[{"), text
        told[group] = json.loads(text)
        numbers = [one["msg"]["event"]["seq"] for one in told[group]]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    check_ynl_job(told["job"])
    check_ynl_connection(told["connection"], listener, ports)
    check_ynl_match(told["filter"], listener, ports)


def check_ynl_job(told):
    assert {one["name"] for one in told} <= {"job-started", "job-progress", "job-done"}
    done = next(one["msg"] for one in told if one["name"] == "job-done")
    assert done["kind"] == "ftp-get" and done["state"] == "failed" and done["class"] == "network"
    assert done["errno"] == errno.ECONNREFUSED and done["remote"][0]["port"] == 1
    assert bytes.fromhex(done["ftp"]["pathname"]) == b"of ynl"
    assert done["event"]["time"] and done["event"]["mono-ns"]


def check_ynl_connection(told, listener, ports):
    closed = next(one["msg"] for one in told if one["name"] == "connection-closed")
    assert closed["listener"] == listener["id"] and closed["service"] == "close"
    assert closed["reason"] == "done" and closed["remote"]["port"] in ports
    assert closed["local"]["port"] == listener["local"]["port"]


def check_ynl_match(told, listener, ports):
    match = next(one["msg"] for one in told
                 if one["msg"]["remote"]["port"] == listener["local"]["port"])
    assert match["local"]["port"] in ports and match["remote"]["address"] == "127.0.0.1"
    assert match["rule"]["address"] == "127.0.0.1" and match["rule"]["prefix-len"] == 32
    assert match["attribution"] == "task" and match["pid"] == os.getpid()
    assert match["uid"] == os.getuid() and match["comm"]
