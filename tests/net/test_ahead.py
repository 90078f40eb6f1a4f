# SPDX-License-Identifier: GPL-2.0-only
"""What is asked for the next file while the data of this one flow, and servers that
do not like it."""

import json
import os
import socket
import threading

import pytest

from command import knetctl, show
from ftpserver import behaviour
from wait import PATIENCE, until

COUNT = 6


def waiting(session):
    """What stands in the server's socket, not yet read."""
    try:
        return session.sock.recv(4096, socket.MSG_PEEK | socket.MSG_DONTWAIT).split(b"\r\n")[:-1]
    except BlockingIOError:
        return []


def take(session):
    """The same, and it is gone."""
    lines = waiting(session)
    if lines:
        session.sock.recv(sum(len(line) + 2 for line in lines))
    return lines


def half(session, content):
    session.send_data(content[session.offset:len(content) // 2])


@behaviour("ahead-seen", "transfer")
def _(session, content):
    session.server.seen.append(waiting(session))
    session.send_data(content[session.offset:])


@behaviour("ahead-eaten", "transfer")
def _(session, content):
    """As Pure-FTPd: whatever comes meanwhile is gone."""
    if take(session):
        session.reply(500, "what?")
    session.send_data(content[session.offset:])


@behaviour("ahead-swallowed", "transfer")
def _(session, content):
    """Likewise, and nothing is said."""
    take(session)
    session.send_data(content[session.offset:])


@behaviour("ahead-answered", "transfer")
def _(session, content):
    """As servers that work on many things at once: EPSV ends the transfer under way."""
    for line in take(session):
        verb, _, arg = line.decode().partition(" ")
        session.server.saw(verb, arg)
        if verb == "EPSV":
            half(session, content)
            session.reply(229, f"Entering Extended Passive Mode (|||{session.listen()}|)")
            session.reply(426, "transfer aborted")
            session.part("after")
            return
        session.reply(213 if verb == "SIZE" else 200, "0")
    session.send_data(content[session.offset:])


def at_epsv(name):
    """A behaviour of who answers NOOP as it should be, and EPSV in its own way."""
    def register(handler):
        @behaviour(name, "transfer")
        def _(session, content):
            if any(line.startswith((b"EPSV", b"PASV")) for line in waiting(session)):
                session.server.met += 1
                handler(session, content)
            else:
                session.send_data(content[session.offset:])
        return handler
    return register


@at_epsv("ahead-hangs-up")
def _(session, content):
    half(session, content)
    session.hang_up()


@at_epsv("ahead-421")
def _(session, content):
    half(session, content)
    session.drop_data()
    session.raw(b"421 go away\r\n")
    session.hang_up()


@at_epsv("ahead-cut")
def _(session, content):
    """Half of the data and a good word."""
    half(session, content)


@at_epsv("ahead-426")
def _(session, content):
    half(session, content)
    session.drop_data(reset=True)
    session.reply(426, "you interrupted me")
    # The good word that follows is one too many.


@at_epsv("ahead-first")
def _(session, content):
    """The answers come before the one that is due."""
    session.reply(213, "3")
    session.reply(229, f"Entering Extended Passive Mode (|||{session.local[1]}|)")
    take(session)
    session.send_data(content[session.offset:])


@at_epsv("ahead-mute")
def _(session, content):
    """The transfer is right, and then there is no word about what was asked."""
    take(session)
    session.send_data(content[session.offset:])


@at_epsv("ahead-refused")
def _(session, content):
    take(session)
    session.send_data(content[session.offset:])
    session.drop_data()
    session.reply(226, "done")
    session.reply(550, "no size")
    session.raw(b"500 no EPSV")
    # Its line is ended by the next good word
    session.part_after = True


@behaviour("ahead-refused", "after")
def _(session, _):
    if getattr(session, "part_after", False):
        session.part_after = False
        session.raw(b"\r\n")
    else:
        session.reply(226, "done")


@at_epsv("ahead-port-closed")
def _(session, content):
    """The port that was announced is closed when it is used."""
    take(session)
    session.send_data(content[session.offset:])
    session.drop_data()
    session.reply(226, "done")
    port = session.listen()
    session.drop_data()
    session.reply(213, "1000")
    session.reply(229, f"Entering Extended Passive Mode (|||{port}|)")
    session.drop_data()
    session.target = (session.local[0], port)
    session.part_after = True


@behaviour("ahead-port-closed", "after")
def _(session, _):
    if getattr(session, "part_after", False):
        session.part_after = False
    else:
        session.reply(226, "done")


@pytest.fixture
def serve(scripted, directory, monkeypatch):
    """serve(*behaviours): a server with files of 1000 bytes, and a list of them."""
    monkeypatch.chdir(directory)

    def start(*behaviours, count=COUNT, size=1000):
        files = {f"f{i}": os.urandom(size) for i in range(count)}
        server = scripted(*behaviours, files=files)
        server.seen, server.met = [], 0
        (directory / "list").write_text("".join(f"{server.url(n)}\n" for n in files))
        return server
    return start


def fetch(server, directory, *args):
    got = knetctl("-j", "ftp", "get", "--sessions", "1", *args, "--list", "list").ok()
    for name, content in server.files.items():
        assert (directory / name).read_bytes() == content, name
    assert json.loads(got.out.splitlines()[-1])["files"] == len(server.files)


def test_asked(serve, directory):
    """A NOOP with one file; then SIZE and EPSV of the next file with each RETR."""
    server = serve("ahead-seen")
    fetch(server, directory)
    assert server.seen[0] == [b"NOOP"]
    assert server.seen[1:-1] == [[f"SIZE f{i}".encode(), b"EPSV"] for i in range(2, COUNT)]
    assert server.seen[-1] == []
    assert len(server.sessions) == 1
    # Asked once, each of them
    assert server.verbs().count("EPSV") == server.verbs().count("SIZE") == COUNT


def test_asked_pasv(serve, directory):
    server = serve("ahead-seen", "epsv-refused")
    fetch(server, directory)
    assert server.seen[1:-1] == [[f"SIZE f{i}".encode(), b"PASV"] for i in range(2, COUNT)]
    assert server.verbs().count("EPSV") == 1


@pytest.mark.parametrize("how", [("--active",), ("--no-extended",)])
def test_not_asked(serve, directory, how):
    server = serve("ahead-seen")
    fetch(server, directory, *how)
    assert not any(server.seen)


def test_not_asked_behind_a_large_file(serve, directory):
    server = serve("ahead-seen", size=65537)
    fetch(server, directory)
    assert not any(server.seen)


@pytest.mark.parametrize("how", ["ahead-eaten", "ahead-answered"])
def test_not_in_turn(serve, directory, how):
    """The NOOP shows it, and no transfer is harmed."""
    server = serve(how)
    fetch(server, directory)
    assert len(server.sessions) == 1
    assert server.verbs().count("RETR") == COUNT


@pytest.mark.parametrize("how", ["ahead-hangs-up", "ahead-421", "ahead-cut", "ahead-426",
                                 "ahead-first"])
def test_disliked(serve, directory, how):
    """The one that it hits is fetched once more, and nothing is asked ahead after that."""
    server = serve(how)
    fetch(server, directory)
    assert server.met == 1 and len(server.sessions) == 2


@pytest.mark.parametrize("how", ["ahead-swallowed", "ahead-mute"])
def test_no_answer(serve, directory, how):
    """The next job waits for a while, and is done without."""
    server = serve(how, count=4)
    fetch(server, directory, "--reply-timeout", "0.5")
    assert len(server.sessions) == 2


def test_refused(serve, directory):
    """In turn: then it is asked when it is due."""
    server = serve("ahead-refused")
    fetch(server, directory)
    assert server.met and len(server.sessions) == 1


def test_port_closed(serve, directory):
    server = serve("ahead-port-closed")
    fetch(server, directory)
    assert server.met == 1 and len(server.sessions) == 2


@behaviour("ahead-held", "greeting")
def _(session, _):
    session.hold()
    session.reply(220, "ready")


@behaviour("ahead-held", "transfer")
def _(session, content):
    """Of one file only half comes until the test lets go of it."""
    half(session, content)
    if content == session.server.files["f3"]:
        session.server.seen = waiting(session)
        session.server.stalled.set()
        session.server.go_on.wait(PATIENCE)
    session.send_data(content[len(content) // 2:])


@pytest.mark.parametrize("which", [3, 4])
def test_cancelled(serve, directory, which):
    """The job that flows, or the one that was asked for, goes; the others are right."""
    server = serve("ahead-held")
    server.go_on = threading.Event()
    ids = [int(knetctl("ftp", "get", "--no-wait", "--sessions", "1", server.url(name),
                       directory / name).ok().out.split()[-1]) for name in server.files]
    server.gate.set()
    server.await_stall()
    assert server.seen == [b"SIZE f4", b"EPSV"]
    knetctl("job", "cancel", ids[which]).ok()
    until(lambda: show(ids[which])["state"] == "cancelled", "the end of the job")
    server.go_on.set()
    for ident, (name, content) in zip(ids, server.files.items()):
        if ident != ids[which]:
            assert knetctl("job", "wait", ident).rc == 0
            assert (directory / name).read_bytes() == content
    # A transfer that is cancelled ends its session, a question does not.
    assert len(server.sessions) == (2 if which == 3 else 1)
