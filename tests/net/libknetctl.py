# SPDX-License-Identifier: GPL-2.0-only
"""libknetctl from Python, for tests: the C structures as they are, and a class.

The library is $KNETCTL_LIB, or libknetctl.so.0 where the dynamic linker finds it.

    with Knetctl() as knetctl:
        knetctl.subscribe()
        with open("/tmp/file", "wb") as file:
            job = knetctl.ftp_get("ftp://127.0.0.1:2121/file", file.fileno())
        assert knetctl.job_wait(job).bytes == 5
        for event in knetctl.events(timeout=0):
            print(event.name, event.seq)
"""
import ctypes
import errno
import ipaddress
import os
import select
import socket
import struct
import time
from ctypes import (CFUNCTYPE, POINTER, Structure, Union, byref, c_char, c_char_p, c_int,
                    c_size_t, c_uint, c_uint16, c_int64, c_uint32, c_uint64, c_ubyte, c_void_p)

ACTIVE = 1 << 0
NO_EXTENDED = 1 << 1
RELAXED_REPLIES = 1 << 2
RESUME = 1 << 3
DIRECT = 1 << 5
DETACHED = 1 << 16
KIND_FTP_PUT = 2
NO_LIMIT = 0xffffffff
GROUP_JOB = 1 << 0
GROUP_FILTER = 1 << 1
GROUP_ALL = 0xffffffff


class SockaddrStorage(Structure):
    """An endpoint; as a Python value (address, port), or None when unknown."""
    _fields_ = [("bytes", c_ubyte * 128)]

    @classmethod
    def make(cls, address, port, scope=0):
        ip = ipaddress.ip_address(address.partition("%")[0])
        zone = address.partition("%")[2]
        if zone:
            scope = int(zone) if zone.isdigit() else socket.if_nametoindex(zone)
        if ip.version == 4:
            raw = struct.pack("=H2s4s", socket.AF_INET, port.to_bytes(2, "big"), ip.packed)
        else:
            raw = struct.pack("=H2sI16sI", socket.AF_INET6, port.to_bytes(2, "big"), 0,
                              ip.packed, scope)
        self = cls()
        ctypes.memmove(byref(self), raw, len(raw))
        return self

    def value(self):
        raw = bytes(self.bytes)
        family, = struct.unpack_from("=H", raw)
        port = int.from_bytes(raw[2:4], "big")
        if family == socket.AF_INET:
            return str(ipaddress.ip_address(raw[4:8])), port
        if family == socket.AF_INET6:
            return str(ipaddress.ip_address(raw[8:24])), port
        return None


class AlignedStorage(Union):
    _fields_ = [("storage", SockaddrStorage), ("align", c_uint64)]

    def value(self):
        return self.storage.value()


class Job(Structure):
    _fields_ = [
        ("id", c_uint32), ("kind", c_uint32), ("state", c_uint32), ("error_class", c_uint32),
        ("errnum", c_uint32), ("ftp_code", c_uint32), ("path", c_uint32), ("bound", c_uint32),
        ("bytes", c_uint64), ("size", c_uint64), ("size_known", c_uint32), ("active", c_uint32),
        ("offset", c_uint64), ("duration_ns", c_uint64), ("last_seq", c_uint64),
        ("c_local", AlignedStorage), ("c_remote", AlignedStorage),
        ("c_message", c_char * 513), ("c_user", c_char * 256), ("c_pathname", c_char * 4096),
        ("interval_ns", c_uint64), ("send_count", c_uint32), ("sent", c_uint32),
        ("rate", c_uint64), ("reserved", c_uint64 * 13),
    ]

    @property
    def kind_name(self):
        return text(library().knetctl_kind_name(self.kind))

    @property
    def state_name(self):
        return text(library().knetctl_state_name(self.state))

    @property
    def class_name(self):
        return text(library().knetctl_class_name(self.error_class))

    @property
    def path_name(self):
        return text(library().knetctl_path_name(self.path))

    @property
    def errno_name(self):
        return text(library().knetctl_errno_name(self.errnum))

    @property
    def local(self):
        return self.c_local.value()

    @property
    def remote(self):
        return self.c_remote.value()

    @property
    def message(self):
        return text(self.c_message)

    @property
    def user(self):
        return text(self.c_user)

    @property
    def pathname(self):
        return text(self.c_pathname)

    def copy(self):
        other = Job()
        ctypes.memmove(byref(other), byref(self), ctypes.sizeof(self))
        return other

    def __repr__(self):
        return (f"<Job {self.id} {self.kind_name} {self.state_name} bytes={self.bytes} "
                f"class={self.class_name} errno={self.errno_name} ftp_code={self.ftp_code} "
                f"message={self.message!r}>")


class FtpGet(Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("fd", c_int), ("flags", c_uint32),
        ("remote", POINTER(AlignedStorage)), ("remote_count", c_size_t),
        ("source", POINTER(AlignedStorage)), ("active_address", POINTER(AlignedStorage)),
        ("port_min", c_uint16), ("port_max", c_uint16),
        ("user", c_char_p), ("password", c_char_p), ("account", c_char_p),
        ("pathname", c_char_p), ("offset", c_uint64), ("max_size", c_uint64),
        ("connect_timeout", c_uint32), ("reply_timeout", c_uint32),
        ("stall_timeout", c_uint32), ("timeout", c_uint32), ("stall_bytes", c_uint64),
    ]


class Ftp(Structure):
    _fields_ = FtpGet._fields_ + [
        ("argument", c_char_p), ("listing", c_uint32), ("checksum", c_uint32),
        ("sessions", c_uint32), ("reserved", c_uint32), ("rate", c_uint64),
        ("quotes", POINTER(c_char_p)), ("quote_count", c_size_t),
    ]


class Filter(Structure):
    _fields_ = [
        ("family", c_uint32), ("prefix_len", c_uint32), ("address", c_ubyte * 16),
        ("port_min", c_uint16), ("port_max", c_uint16), ("exclude", c_uint32),
        ("timeout_ms", c_uint64), ("hits", c_uint64), ("last_hit_ns", c_uint64),
        ("comment", c_char * 256), ("reserved", c_uint64 * 8),
    ]


class FilterCounts(Structure):
    _fields_ = [("count", c_uint32), ("count_ipv4", c_uint32), ("count_ipv6", c_uint32),
                ("limit", c_uint32), ("bytes", c_uint64), ("reserved", c_uint64 * 8)]


class FilterMatch(Structure):
    _fields_ = [
        ("c_local", AlignedStorage), ("c_remote", AlignedStorage), ("rule", Filter),
        ("attribution", c_uint32), ("pid", c_uint32), ("uid", c_uint32), ("uid_known", c_uint32),
        ("cgroup", c_uint64), ("comm", c_char * 16), ("reserved", c_uint64 * 8),
    ]

    @property
    def local(self):
        return self.c_local.value()

    @property
    def remote(self):
        return self.c_remote.value()


class Listener(Structure):
    _fields_ = [
        ("id", c_uint32), ("flags", c_uint32), ("service", c_uint32), ("ifindex", c_uint32),
        ("backlog", c_uint32), ("max", c_uint32), ("per_source", c_uint32),
        ("per_source_prefix", c_uint32), ("rate", c_uint32), ("on_limit", c_uint32),
        ("idle", c_uint32), ("connections", c_uint32), ("waiting", c_uint32),
        ("accepted", c_uint64), ("rejected", c_uint64), ("duration_ns", c_uint64),
        ("c_local", AlignedStorage), ("text_len", c_uint32), ("text", c_char * 4096),
        ("reserved", c_uint64 * 16),
    ]

    @property
    def local(self):
        return self.c_local.value()


class ListenerAdd(Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("local", POINTER(AlignedStorage)), ("flags", c_uint32),
        ("ifindex", c_uint32), ("backlog", c_uint32), ("max", c_uint32), ("per_source", c_uint32),
        ("per_source_prefix", c_uint32), ("rate", c_uint32), ("on_limit", c_uint32),
        ("idle", c_uint32), ("service", c_uint32), ("text", c_char_p), ("text_len", c_size_t),
        ("fd", c_int),
    ]


class ListenerSet(Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("set", c_uint32), ("backlog", c_uint32), ("max", c_uint32),
        ("per_source", c_uint32), ("per_source_prefix", c_uint32), ("rate", c_uint32),
        ("on_limit", c_uint32), ("idle", c_uint32),
    ]


class Connection(Structure):
    _fields_ = [
        ("id", c_uint32), ("listener", c_uint32), ("service", c_uint32), ("reason", c_uint32),
        ("errnum", c_uint32), ("bytes_in", c_uint64), ("bytes_out", c_uint64),
        ("duration_ns", c_uint64), ("last_seq", c_uint64), ("c_local", AlignedStorage),
        ("c_remote", AlignedStorage), ("reserved", c_uint64 * 16),
    ]

    @property
    def reason_name(self):
        return text(library().knetctl_reason_name(self.reason))

    @property
    def local(self):
        return self.c_local.value()

    @property
    def remote(self):
        return self.c_remote.value()


class Send(Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("kind", c_uint32), ("flags", c_uint32),
        ("remote", POINTER(AlignedStorage)), ("remote_count", c_size_t),
        ("source", POINTER(AlignedStorage)), ("data", c_char_p), ("len", c_size_t),
        ("fd", c_int), ("count", c_uint32), ("interval_ns", c_uint64), ("wait", c_uint32),
        ("connect_timeout", c_uint32), ("timeout", c_uint32), ("ifindex", c_uint32),
        ("multicast_ifindex", c_uint32), ("mark", c_uint32), ("ttl", c_uint32),
        ("tos", c_uint32),
    ]


class Lost(Structure):
    _fields_ = [("count", c_uint64), ("first_seq", c_uint64), ("last_seq", c_uint64),
                ("where", c_uint32)]


class Dialogue(Structure):
    _fields_ = [("id", c_uint32), ("direction", c_uint32), ("text", c_char * 513),
                ("reserved", c_uint64 * 4)]


class EventUnion(Union):
    _fields_ = [("job", Job), ("dialogue", Dialogue), ("filter", FilterMatch),
                ("connection", Connection), ("lost", Lost)]


class Event(Structure):
    _fields_ = [("type", c_uint32), ("group", c_uint32), ("seq", c_uint64),
                ("time_ns", c_uint64), ("mono_ns", c_uint64), ("netns", c_uint64),
                ("u", EventUnion)]

    @property
    def name(self):
        return text(library().knetctl_event_name(self.type))

    @property
    def job(self):
        return self.u.job

    @property
    def connection(self):
        return self.u.connection

    @property
    def lost(self):
        return self.u.lost

    def __repr__(self):
        if self.name == "lost":
            lost = self.lost
            where = "socket" if lost.where else "kernel"
            return f"<Event lost {lost.count} {lost.first_seq}-{lost.last_seq} {where}>"
        return f"<Event {self.name} seq={self.seq} {self.job!r}>"


class GroupStatus(Structure):
    _fields_ = [("c_name", c_char * 16), ("next_seq", c_uint64), ("lost", c_uint64)]

    @property
    def name(self):
        return text(self.c_name)


class Status(Structure):
    _fields_ = [("c_version", c_char * 32), ("jobs", c_uint32), ("jobs_max", c_uint32),
                ("jobs_finished", c_uint32), ("sessions", c_uint32), ("sessions_max", c_uint32),
                ("group_count", c_uint32), ("group", GroupStatus * 8),
                ("listeners", c_uint32), ("connections", c_uint32),
                ("reserved", c_uint64 * 15)]

    @property
    def version(self):
        return text(self.c_version)

    @property
    def groups(self):
        return {group.name: group for group in self.group[:self.group_count]}


class Url(Structure):
    _fields_ = [("user", c_char_p), ("password", c_char_p), ("host", c_char_p),
                ("path", c_char_p), ("name", c_char_p), ("port", c_uint16), ("type", c_char)]


EACH_JOB = CFUNCTYPE(c_int, POINTER(Job), c_void_p)
EACH_FILTER = CFUNCTYPE(c_int, POINTER(Filter), c_void_p)
NEXT_FILTER = CFUNCTYPE(c_int, POINTER(Filter), c_void_p)
EACH_LISTENER = CFUNCTYPE(c_int, POINTER(Listener), c_void_p)
EACH_CONNECTION = CFUNCTYPE(c_int, POINTER(Connection), c_void_p)

PROTOTYPES = {
    "knetctl_open": (c_int, [POINTER(c_void_p)]),
    "knetctl_close": (None, [c_void_p]),
    "knetctl_error": (c_char_p, [c_void_p]),
    "knetctl_error_attribute": (c_char_p, [c_void_p]),
    "knetctl_version": (c_char_p, []),
    "knetctl_kind_name": (c_char_p, [c_uint]),
    "knetctl_state_name": (c_char_p, [c_uint]),
    "knetctl_class_name": (c_char_p, [c_uint]),
    "knetctl_path_name": (c_char_p, [c_uint]),
    "knetctl_listing_name": (c_char_p, [c_uint]),
    "knetctl_checksum_name": (c_char_p, [c_uint]),
    "knetctl_direction_name": (c_char_p, [c_uint]),
    "knetctl_errno_name": (c_char_p, [c_int]),
    "knetctl_event_name": (c_char_p, [c_uint]),
    "knetctl_group_name": (c_char_p, [c_uint]),
    "knetctl_ftp_get_start": (c_int, [c_void_p, POINTER(FtpGet), POINTER(c_uint32)]),
    "knetctl_pipe": (c_int, [c_void_p, POINTER(c_int)]),
    "knetctl_ftp_start": (c_int, [c_void_p, c_uint32, POINTER(Ftp), POINTER(c_uint32)]),
    "knetctl_job_get": (c_int, [c_void_p, c_uint32, POINTER(Job)]),
    "knetctl_job_list": (c_int, [c_void_p, EACH_JOB, c_void_p]),
    "knetctl_job_cancel": (c_int, [c_void_p, c_uint32]),
    "knetctl_job_set_rate": (c_int, [c_void_p, c_uint32, c_uint64]),
    "knetctl_job_wait": (c_int, [c_void_p, c_uint32, c_int, POINTER(Job)]),
    "knetctl_filter_add": (c_int, [c_void_p, POINTER(Filter), c_size_t, c_uint]),
    "knetctl_filter_del": (c_int, [c_void_p, POINTER(Filter), c_size_t]),
    "knetctl_filter_replace": (c_int, [c_void_p, NEXT_FILTER, c_void_p, c_uint]),
    "knetctl_filter_error_rule": (c_int64, [c_void_p]),
    "knetctl_filter_flush": (c_int, [c_void_p]),
    "knetctl_filter_list": (c_int, [c_void_p, EACH_FILTER, c_void_p]),
    "knetctl_filter_counts": (c_int, [c_void_p, POINTER(FilterCounts)]),
    "knetctl_filter_test": (c_int, [c_void_p, POINTER(AlignedStorage), POINTER(Filter)]),
    "knetctl_filter_text": (c_int, [POINTER(Filter), c_char_p, c_size_t]),
    "knetctl_attribution_name": (c_char_p, [c_uint]),
    "knetctl_service_name": (c_char_p, [c_uint]),
    "knetctl_on_limit_name": (c_char_p, [c_uint]),
    "knetctl_reason_name": (c_char_p, [c_uint]),
    "knetctl_listener_add": (c_int, [c_void_p, POINTER(ListenerAdd), POINTER(Listener)]),
    "knetctl_listener_get": (c_int, [c_void_p, c_uint32, POINTER(Listener)]),
    "knetctl_listener_list": (c_int, [c_void_p, EACH_LISTENER, c_void_p]),
    "knetctl_listener_set": (c_int, [c_void_p, c_uint32, POINTER(ListenerSet),
                                     POINTER(Listener)]),
    "knetctl_listener_del": (c_int, [c_void_p, c_uint32, c_uint32]),
    "knetctl_listener_accept": (c_int, [c_void_p, c_uint32, c_int, POINTER(Connection)]),
    "knetctl_connection_get": (c_int, [c_void_p, c_uint32, POINTER(Connection)]),
    "knetctl_connection_list": (c_int, [c_void_p, c_uint32, EACH_CONNECTION, c_void_p]),
    "knetctl_connection_close": (c_int, [c_void_p, c_uint32]),
    "knetctl_send_start": (c_int, [c_void_p, POINTER(Send), POINTER(c_uint32), POINTER(Job)]),
    "knetctl_subscribe": (c_int, [c_void_p, c_uint]),
    "knetctl_set_rcvbuf": (c_int, [c_void_p, c_int]),
    "knetctl_fd": (c_int, [c_void_p]),
    "knetctl_events": (c_int, [c_void_p]),
    "knetctl_timeout": (c_int, [c_void_p]),
    "knetctl_process": (c_int, [c_void_p, POINTER(Event)]),
    "knetctl_wait": (c_int, [c_void_p, c_int]),
    "knetctl_sync": (c_int, [c_void_p]),
    "knetctl_status": (c_int, [c_void_p, POINTER(Status)]),
    "knetctl_url_parse": (c_int, [c_char_p, POINTER(Url), POINTER(c_char_p)]),
    "knetctl_url_free": (None, [POINTER(Url)]),
    "knetctl_resolve": (c_int, [c_char_p, c_uint16, c_int, POINTER(AlignedStorage), c_size_t,
                                POINTER(c_char_p)]),
}

_library = None


def library():
    """The library, loaded when it is first needed."""
    global _library
    if _library is None:
        lib = ctypes.CDLL(os.environ.get("KNETCTL_LIB") or "libknetctl.so.0")
        for name, (result, arguments) in PROTOTYPES.items():
            function = getattr(lib, name)
            function.restype = result
            function.argtypes = arguments
        _library = lib
    return _library


def text(raw):
    """Bytes of C as str, any bytes there and back; None stays None."""
    return None if raw is None else os.fsdecode(raw)


def raw(value):
    return None if value is None else os.fsencode(value)


class KnetctlError(OSError):
    """errno and strerror are the library's; attribute is what the kernel named, or None."""

    def __init__(self, number, message, attribute=None):
        super().__init__(number, message)
        self.attribute = attribute

    @property
    def name(self):
        return errno.errorcode.get(self.errno)


def url_parse(url):
    """A dictionary of the URL's parts, or KnetctlError with the reason."""
    parsed, reason = Url(), c_char_p()
    err = library().knetctl_url_parse(raw(url), byref(parsed), byref(reason))
    if err:
        raise KnetctlError(-err, text(reason.value))
    parts = {name: text(getattr(parsed, name))
             for name in ("user", "password", "host", "path", "name")}
    parts["port"] = parsed.port
    parts["type"] = parsed.type.decode().strip("\0") or None
    library().knetctl_url_free(byref(parsed))
    return parts


def resolve(host, port, family=socket.AF_UNSPEC):
    """A list of SockaddrStorage, as ftp_get_start() takes it."""
    remote, reason = (AlignedStorage * 16)(), c_char_p()
    count = library().knetctl_resolve(raw(host), port, family, remote, 16, byref(reason))
    if count < 0:
        raise KnetctlError(-count, text(reason.value))
    return [entry.storage for entry in remote[:count]]


def pointer_to(endpoint):
    """(address, port) or an address alone, as a pointer to a sockaddr_storage; None is NULL."""
    if endpoint is None:
        return None
    if isinstance(endpoint, str):
        endpoint = (endpoint, 0)
    return ctypes.pointer(AlignedStorage(storage=SockaddrStorage.make(*endpoint)))


class Knetctl:
    """A handle. Times are in seconds, None is no limit."""

    def __init__(self):
        self.lib = library()
        self.handle = c_void_p()
        self.check(self.lib.knetctl_open(byref(self.handle)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        handle, self.handle = self.handle, c_void_p()
        self.lib.knetctl_close(handle)

    def check(self, result):
        if result >= 0:
            return result
        message = text(self.lib.knetctl_error(self.handle))
        attribute = text(self.lib.knetctl_error_attribute(self.handle))
        raise KnetctlError(-result, message, attribute)

    # jobs

    def ftp_get_start(self, fd, remotes, pathname, *, source=None, active_address=None, put=False,
                      **args):
        """Start a get or put. remotes: (address, port) pairs or what resolve() gave. The id."""
        entries = (AlignedStorage * max(1, len(remotes)))()
        for entry, remote in zip(entries, remotes):
            entry.storage = (remote if isinstance(remote, SockaddrStorage)
                             else SockaddrStorage.make(*remote))
        for name in ("user", "password", "account"):
            args[name] = raw(args.get(name))
        args |= {"fd": fd, "remote": entries, "remote_count": len(remotes),
                 "pathname": raw(pathname), "source": pointer_to(source),
                 "active_address": pointer_to(active_address)}
        job = c_uint32()
        if put:
            struct = Ftp(struct_size=ctypes.sizeof(Ftp), **args)
            got = self.lib.knetctl_ftp_start(self.handle, KIND_FTP_PUT, byref(struct), byref(job))
        else:
            struct = FtpGet(struct_size=ctypes.sizeof(FtpGet), **args)
            got = self.lib.knetctl_ftp_get_start(self.handle, byref(struct), byref(job))
        self.check(got)
        return job.value

    def ftp_get(self, url, fd, **args):
        """Start a get of a URL. Returns the id."""
        parts = url_parse(url)
        args.setdefault("user", parts["user"])
        args.setdefault("password", parts["password"])
        return self.ftp_get_start(fd, resolve(parts["host"], parts["port"]), parts["path"],
                                  **args)

    def job_get(self, job):
        result = Job()
        self.check(self.lib.knetctl_job_get(self.handle, job, byref(result)))
        return result

    def job_list(self):
        jobs = []

        def each(job, _):
            jobs.append(job.contents.copy())
            return 0

        self.check(self.lib.knetctl_job_list(self.handle, EACH_JOB(each), None))
        return jobs

    def job_cancel(self, job):
        self.check(self.lib.knetctl_job_cancel(self.handle, job))

    def job_set_rate(self, job, rate):
        """Bytes a second; None is no limit."""
        rate = 2 ** 64 - 1 if rate is None else rate
        self.check(self.lib.knetctl_job_set_rate(self.handle, job, rate))

    def job_wait(self, job, timeout=60):
        result = Job()
        milliseconds = -1 if timeout is None else int(timeout * 1000)
        self.check(self.lib.knetctl_job_wait(self.handle, job, milliseconds, byref(result)))
        return result

    # listeners

    def listener_add(self, local, **args):
        """Listen at (address, port); args are members of struct knetctl_listener_add."""
        add = ListenerAdd(struct_size=ctypes.sizeof(ListenerAdd), local=pointer_to(local), **args)
        listener = Listener()
        self.check(self.lib.knetctl_listener_add(self.handle, byref(add), byref(listener)))
        return listener

    def listener_del(self, listener, flags=0):
        self.check(self.lib.knetctl_listener_del(self.handle, listener, flags))

    def listener_accept(self, listener, timeout=None):
        """A connection of service handoff: (socket, Connection)."""
        connection = Connection()
        milliseconds = -1 if timeout is None else int(timeout * 1000)
        fd = self.check(self.lib.knetctl_listener_accept(self.handle, listener, milliseconds,
                                                         byref(connection)))
        return socket.socket(fileno=fd), connection

    # events

    def subscribe(self, groups=GROUP_ALL):
        self.check(self.lib.knetctl_subscribe(self.handle, groups))

    def set_rcvbuf(self, size):
        return self.check(self.lib.knetctl_set_rcvbuf(self.handle, size))

    def fileno(self):
        return self.lib.knetctl_fd(self.handle)

    def timeout(self):
        """Milliseconds after which process() wants to be called, -1 for never."""
        return self.lib.knetctl_timeout(self.handle)

    def process(self):
        """The next event, or None when there is none now."""
        event = Event()
        return event if self.check(self.lib.knetctl_process(self.handle, byref(event))) else None

    def wait(self, timeout=None):
        milliseconds = -1 if timeout is None else int(timeout * 1000)
        return bool(self.check(self.lib.knetctl_wait(self.handle, milliseconds)))

    def sync(self):
        self.check(self.lib.knetctl_sync(self.handle))

    def events(self, timeout=None):
        """Events as they come, until there is none for timeout seconds (0: only what is there).

        The event after which the module is gone ends it."""
        while True:
            event = self.process()
            if event is not None:
                yield event
                if event.name == "gone":
                    return
                continue
            if timeout == 0:
                return
            if not self.wait_until(None if timeout is None else time.monotonic() + timeout):
                return

    def wait_until(self, deadline):
        """True when process() may have an event; False when the time is over."""
        while True:
            left = None if deadline is None else max(0, deadline - time.monotonic())
            own = self.timeout()
            wait = left if own < 0 else own / 1000 if left is None else min(left, own / 1000)
            poll = select.poll()
            poll.register(self.fileno(), self.lib.knetctl_events(self.handle))
            if poll.poll(None if wait is None else wait * 1000 + 1):
                return True
            if own >= 0 and wait != left:
                return True
            if left is not None and time.monotonic() >= deadline:
                return False

    def synced_events(self):
        """Every event up to now, the lost ones included."""
        self.sync()
        return list(self.events(timeout=0))

    def status(self):
        status = Status()
        self.check(self.lib.knetctl_status(self.handle, byref(status)))
        return status
