# SPDX-License-Identifier: GPL-2.0-only
"""A small FTP server whose behaviour is chosen by name.

A plain server knows what a client of ours may say. Each entry of BEHAVIOURS
replaces the answer to one command, or one part of a transfer, by something
else: another dialect, or misbehaviour. Several can be combined as long as they
replace different parts:

    Server(netns, ["epsv-refused", "data-stalls"], files={"f": b"..."})

It runs in threads of the test itself, so that the test can wait for what the
server has seen and tell it when to go on; each thread is in the server's
network namespace by itself.

    server.commands         what came, as [(verb, argument)]
    server.await_command("RETR")
    server.gate.set()       lets go what waits at the gate
"""

import re
import socket
import struct
import threading
import time

from wait import PATIENCE, until
from world import SERVER4

CHUNK = 1 << 16


class Zeros:
    """A file of zeros that needs no memory."""

    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, part):
        start, stop, _ = part.indices(self.size)
        return bytes(max(0, stop - start))


class Session:
    """One control connection. What it says is in methods named after the parts
    that a behaviour can replace."""

    def __init__(self, server, sock):
        self.server = server
        self.sock = sock
        self.peer = sock.getpeername()
        self.local = sock.getsockname()
        self.family = sock.family
        self.listener = None	# passive: where the client will connect to
        self.target = None	# active: where the client waits
        self.data = None
        self.offset = 0
        self.user = None
        self.over = False
        self.others = []	# further sockets, closed at the end

    # --- what handlers use ---------------------------------------------

    def raw(self, data):
        self.sock.sendall(data)

    def reply(self, code, text):
        self.raw(f"{code} {text}\r\n".encode())

    def slowly(self, data, pause=0.05):
        """Byte by byte, until the server is closed."""
        for i in range(len(data)):
            if self.server.closing.wait(pause):
                break
            self.raw(data[i:i + 1])

    def hold(self):
        """Say nothing until the gate opens, or the server is closed."""
        while not self.server.gate.wait(0.05) and not self.server.closing.is_set():
            pass

    def hang_up(self, reset=False):
        self.over = True
        shut(self.sock, reset)

    def content(self, name):
        return self.server.files.get(name)

    # --- the data connection -------------------------------------------

    def listen(self):
        self.drop_data()
        self.listener = socket.socket(self.family, socket.SOCK_STREAM)
        self.listener.bind((self.local[0], 0))
        self.listener.listen(4)
        return self.listener.getsockname()[1]

    def open_data(self):
        """Make or take the data connection; None when that fails."""
        try:
            if self.listener:
                self.listener.settimeout(PATIENCE)
                self.data = self.listener.accept()[0]
            else:
                self.data = socket.socket(self.family, socket.SOCK_STREAM)
                self.data.settimeout(PATIENCE)
                self.data.connect(self.target)
        except OSError:
            self.drop_data()
        return self.data

    def drop_data(self, reset=False):
        for sock in (self.data, self.listener):
            if sock:
                shut(sock, reset)
        self.data = self.listener = None

    def send_data(self, data):
        for at in range(0, len(data), CHUNK):
            if self.server.closing.is_set():
                return
            self.data.sendall(data[at:at + CHUNK])

    # --- the parts: each may be replaced --------------------------------

    def greeting(self, _):
        self.reply(220, "ready")

    def user_(self, arg):
        self.user = arg
        self.reply(331, "password please")

    def pass_(self, arg):
        self.server.passwords.append((self.user, arg))
        if self.server.password in (None, arg):
            self.reply(230, "welcome")
        else:
            self.reply(530, "Login incorrect.")

    def acct(self, _):
        self.reply(230, "welcome")

    def type_(self, arg):
        self.reply(200, f"type is {arg}")

    def size(self, arg):
        content = self.content(arg)
        if content is None:
            self.reply(550, "no such file")
        else:
            self.reply(213, str(len(content)))

    def epsv(self, _):
        self.reply(229, f"Entering Extended Passive Mode (|||{self.listen()}|)")

    def pasv(self, _):
        port = self.listen()
        host = self.local[0].replace(".", ",")
        self.reply(227, f"Entering Passive Mode ({host},{port >> 8},{port & 255})")

    def eprt(self, arg):
        _, _, host, port, _ = arg.split(arg[0])
        self.drop_data()
        self.target = (host, int(port))
        self.reply(200, "EPRT command successful")

    def port(self, arg):
        numbers = [int(n) for n in arg.split(",")]
        self.drop_data()
        self.target = (".".join(map(str, numbers[:4])), numbers[4] << 8 | numbers[5])
        self.reply(200, "PORT command successful")

    def rest(self, arg):
        self.offset = int(arg)
        self.reply(350, f"restarting at {arg}")

    def retr(self, arg):
        content = self.content(arg)
        if content is None:
            self.reply(550, "no such file")
            return
        self.reply(150, "here it comes")
        if not self.open_data():
            self.reply(425, "cannot open the data connection")
            return
        self.part("transfer", content)
        self.part("end_of_data")
        self.part("after")

    def transfer(self, content):
        self.send_data(content[self.offset:])
        self.offset = 0

    def end_of_data(self, _):
        self.drop_data()

    def after(self, _):
        self.reply(226, "Transfer complete.")

    def quit(self, _):
        self.reply(221, "bye")
        self.hang_up()

    def unknown(self, _):
        self.reply(502, "no such command")

    # --- the loop ---------------------------------------------------------

    PARTS = {"USER": "user_", "PASS": "pass_", "ACCT": "acct", "TYPE": "type_", "SIZE": "size",
             "EPSV": "epsv", "PASV": "pasv", "EPRT": "eprt", "PORT": "port", "REST": "rest",
             "RETR": "retr", "QUIT": "quit"}
    # Those that no command leads to by itself
    INNER = ("greeting", "transfer", "end_of_data", "after", "unknown")

    def part(self, name, arg=None):
        handler = self.server.replaced.get(name)
        if handler:
            handler(self, arg)
        else:
            getattr(self, name)(arg)

    def run(self):
        self.part("greeting")
        lines = self.sock.makefile("rb", buffering=0)
        while not self.over:
            line = lines.readline()
            if not line.endswith(b"\n"):
                break
            text = line.rstrip(b"\r\n").decode("latin-1")
            verb, _, arg = text.partition(" ")
            self.server.saw(verb.upper(), arg)
            self.part(self.PARTS.get(verb.upper(), "unknown"), arg)

    def close(self):
        self.drop_data()
        for sock in self.others:
            sock.close()
        shut(self.sock)


def shut(sock, reset=False):
    try:
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    sock.close()


# --- behaviours ------------------------------------------------------------

BEHAVIOURS = {}	# name: {part: handler(session, argument)}


def behaviour(name, part):
    """Register what replaces a part."""
    def register(handler):
        assert part in Session.PARTS.values() or part in Session.INNER, part
        assert part not in BEHAVIOURS.setdefault(name, {}), name
        BEHAVIOURS[name][part] = handler
        return handler
    return register


def answers(name, part, text):
    """A behaviour that only says something else."""
    behaviour(name, part)(lambda session, _: session.raw(text.encode("latin-1") + b"\r\n"))


def is_silent(name, part):
    """A behaviour that says nothing until the gate opens."""
    behaviour(name, part)(lambda session, _: session.hold())


def hangs_up(name, part, reset=False):
    behaviour(name, part)(lambda session, _: session.hang_up(reset))


answers("busy", "greeting", "421 too many users")
answers("login-refused", "pass_", "530 Login incorrect.")
answers("wants-account", "pass_", "332 whose account?")
answers("no-password-wanted", "user_", "230 come in")
answers("epsv-refused", "epsv", "502 no such command")
answers("eprt-refused", "eprt", "502 no such command")
answers("size-refused", "size", "502 no such command")
answers("size-huge", "size", "213 18446744073709551615")
answers("rest-refused", "rest", "502 no such command")
answers("retr-transient", "retr", "450 file is busy")
answers("retr-permanent", "retr", "550 Failed to open file.")
answers("retr-escape", "retr", "550 \x1b[31mred\x9b0m \xff\xfe")
answers("data-refused", "retr", "425 no data connection")
answers("reply-no-code", "type_", "hello")

answers("long-login", "pass_", "230-welcome\r\n  230 not yet\r\n231 nor this\r\n230 now")

is_silent("greeting-silent", "greeting")
is_silent("user-silent", "user_")
is_silent("pass-silent", "pass_")
is_silent("acct-silent", "acct")
is_silent("type-silent", "type_")
is_silent("size-silent", "size")
is_silent("rest-silent", "rest")
is_silent("eprt-silent", "eprt")
is_silent("epsv-silent", "epsv")
is_silent("retr-silent", "retr")
is_silent("after-silent", "after")

hangs_up("greeting-hangs-up", "greeting")
hangs_up("type-hangs-up", "type_")
hangs_up("type-resets", "type_", reset=True)


@behaviour("greeting-slow", "greeting")
def _(session, _):
    session.slowly(b"220-" + b"x" * 10000)


@behaviour("replies-for-ever", "greeting")
def _(session, _):
    while not session.server.closing.is_set():
        session.raw(b"220-there is more to say\r\n" * 50)


@behaviour("pasv-elsewhere", "pasv")
def _(session, _):
    """The host in the reply is somebody else (RFC 2577)."""
    port = session.listen()
    session.reply(227, f"Entering Passive Mode (192,0,2,1,{port >> 8},{port & 255})")


@behaviour("epsv-closed-port", "epsv")
def _(session, _):
    port = session.listen()
    session.drop_data()
    session.reply(229, f"Entering Extended Passive Mode (|||{port}|)")


@behaviour("never-connects", "retr")
def _(session, _):
    """Active mode: promises and does nothing."""
    session.reply(150, "on my way")
    session.hold()


@behaviour("data-stalls", "transfer")
def _(session, content):
    """Half of it, then nothing until the gate opens."""
    half = len(content) // 2
    session.send_data(content[session.offset:half])
    session.server.stalled.set()
    session.hold()
    session.send_data(content[max(half, session.offset):])


@behaviour("data-trickles", "transfer")
def _(session, content):
    """A byte now and then."""
    for at in range(session.offset, len(content)):
        if session.server.closing.wait(0.02):
            return
        session.data.sendall(content[at:at + 1])


@behaviour("data-for-ever", "transfer")
def _(session, _):
    block = bytes(CHUNK)
    while not session.server.closing.is_set():
        session.data.sendall(block)


@behaviour("data-short", "transfer")
def _(session, content):
    session.send_data(content[session.offset:len(content) // 2])


@behaviour("data-long", "transfer")
def _(session, content):
    session.send_data(content[session.offset:])
    session.data.sendall(b"more than was said")


@behaviour("data-resets", "transfer")
def _(session, content):
    session.send_data(content[session.offset:len(content) // 2])
    # Not before the client has taken it: a reset throws away what waits.
    until(lambda: not unsent(session.data), "data to be acknowledged")
    session.drop_data(reset=True)


@behaviour("data-urgent", "transfer")
def _(session, content):
    """An urgent byte in the middle, which is not part of the file."""
    half = len(content) // 2
    session.send_data(content[:half])
    session.data.send(b"!", socket.MSG_OOB)
    session.send_data(content[half:])


@behaviour("control-dies", "transfer")
def _(session, content):
    session.send_data(content[:len(content) // 2])
    session.hang_up()
    session.hold()


def unsent(sock):
    """Bytes that the peer has not acknowledged."""
    import fcntl
    import termios
    return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))[0]


# --- the server --------------------------------------------------------------

class Server:
    """Listens at once; close() ends all that it does."""

    SESSION = Session

    def __init__(self, netns, behaviours=(), files=None, password=None, port=0,
                 address=SERVER4, replaced=None):
        self.netns = netns
        self.files = files or {}
        self.password = password	# None: any
        self.passwords = []
        self.commands = []
        self.sessions = []
        self.gate = threading.Event()
        self.stalled = threading.Event()
        self.stalled_at = None
        self.most = 0	# connections at a time
        self.stolen = b""	# what a stranger got of the client
        self.closing = threading.Event()
        self.replaced = dict(replaced or {})	# see ftpscript.py
        for name in behaviours:
            for part, handler in BEHAVIOURS[name].items():
                assert part not in self.replaced, f"{name}: {part} is replaced already"
                self.replaced[part] = handler
        self.address = address
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = netns.socket(family, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((address, port))
        self.sock.listen(64)
        self.port = self.sock.getsockname()[1]
        self.host = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self.threads = []
        self._thread(self._accept)

    def url(self, name="f", login=""):
        return f"ftp://{login}{self.host}/{name}"

    def _thread(self, target, *args):
        thread = threading.Thread(target=self._inside, args=(target, *args), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _inside(self, target, *args):
        # A new thread is where its maker is: it must not hold the client's namespace.
        self.netns.enter()
        target(*args)

    def _accept(self):
        while not self.closing.is_set():
            try:
                sock, _ = self.sock.accept()
            except OSError:
                return
            try:
                session = self.SESSION(self, sock)
            except OSError:
                sock.close()	# the client has gone already
                continue
            self.sessions.append(session)
            self.count_sessions()
            self._thread(self._serve, session)

    def count_sessions(self):
        self.most = max(self.most, sum(s.sock.fileno() >= 0 for s in self.sessions))

    def _serve(self, session):
        try:
            session.run()
        except (OSError, ValueError):
            pass	# the client or close() was faster
        except AttributeError:
            if not self.closing.is_set():
                raise
        finally:
            session.close()

    def saw(self, verb, arg):
        self.commands.append((verb, arg))

    def stall(self):
        """From now on the client waits."""
        self.stalled_at = self.stalled_at or time.monotonic()
        self.stalled.set()

    def verbs(self):
        return [verb for verb, _ in self.commands]

    def await_command(self, verb, limit=PATIENCE):
        return until(lambda: verb in self.verbs(), f"{verb} (came: {self.commands})", limit)

    def await_stall(self, limit=PATIENCE):
        assert self.stalled.wait(limit), "the data did not begin"

    def await_end(self, limit=PATIENCE):
        """Until no client is connected; who holds at the gate must go on to see it."""
        self.gate.set()
        until(lambda: all(s.sock.fileno() < 0 for s in self.sessions),
              "the end of all control connections", limit)

    def close(self):
        self.closing.set()
        self.gate.set()
        shut(self.sock)
        for session in self.sessions:
            session.close()
        end = time.monotonic() + PATIENCE
        for thread in self.threads:
            thread.join(max(0, end - time.monotonic()))
            assert not thread.is_alive(), "a thread of the server does not end"


def names(pattern=".*"):
    """Behaviours by name, for tests that try many."""
    return [name for name in BEHAVIOURS if re.fullmatch(pattern, name)]
