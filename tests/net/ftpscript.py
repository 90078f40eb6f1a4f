# SPDX-License-Identifier: GPL-2.0-only
"""Misbehaviour of an FTP server in a few words.

A script replaces one part of the server of ftpserver.py by steps: a string is a
line of the control connection, bytes are sent as they are, and the functions
below do something else.

    parts(retr=["150 here it comes", OPEN, HALF, RESET_DATA, "226 done"])
"""

import socket

import ftpserver
from wait import PATIENCE, until
from world import OTHER4, OTHER6

EVIL = b"not from the server"


def play(part, steps):
    def handler(session, arg):
        for step in steps:
            if session.over or session.server.closing.is_set():
                return
            if isinstance(step, str):
                session.raw(step.encode("latin-1") + b"\r\n")
            elif isinstance(step, bytes):
                session.raw(step)
            else:
                step(session, part, arg)
    return handler


def parts(**scripts):
    """What Server takes as `replaced`; a part is named after its command in lower case."""
    names = {verb.lower(): part for verb, part in
             (ftpserver.Session.PARTS | {"LIST": "list_"}).items()}
    return {names.get(name, name): play(names.get(name, name), steps)
            for name, steps in scripts.items()}


# --- the control connection ----------------------------------------------------

def PLAIN(session, part, arg):
    """What is usual."""
    getattr(session, part)(arg)


def OWED(session, part, arg):
    """What is usual, but the first time it has to wait for PAY."""
    if hasattr(session, "owed"):
        PLAIN(session, part, arg)
    else:
        session.owed = (part, arg)


def PAY(session, *_):
    if session.owed:
        PLAIN(session, *session.owed)
        session.owed = None


def HOLD(session, *_):
    """Nothing, until the test is over."""
    session.server.stall()
    session.server.closing.wait()


def GATE(session, *_):
    """Nothing, until the test opens the gate."""
    session.server.stall()
    session.hold()


def HANG_UP(session, *_):
    session.hang_up()


def RESET(session, *_):
    session.hang_up(reset=True)


def slowly(block, pause):
    def step(session, *_):
        session.server.stall()
        session.slowly(block, pause)
    return step


def for_ever(data):
    def step(session, *_):
        while True:
            session.raw(data)
    return step


def port(text, prepare=lambda session: None):
    """A line with the place of a new data socket in it: {port}, {high}, {low}, {host}."""
    def step(session, *_):
        number = session.listen()
        prepare(session)
        session.reply(*text.format(port=number, high=number >> 8, low=number & 255,
                                   host=session.local[0].replace(".", ","),
                                   control=session.local[1]).split(" ", 1))
    return step


def closed_port(text):
    """The same, but nobody listens there."""
    return port(text, ftpserver.Session.drop_data)


def deaf_port(text):
    """The same, but a connection is neither made nor refused: the queue is full."""
    def prepare(session):
        session.listener.listen(0)
        filler = socket.socket(session.family, socket.SOCK_STREAM)
        session.others.append(filler)
        filler.connect(session.listener.getsockname()[:2])
        session.server.stall()
    return port(text, prepare)


# --- the data connection ---------------------------------------------------------

def OPEN(session, *_):
    assert session.open_data(), "no data connection"


def STRANGER(session, *_):
    """Somebody else connects to where the client waits, and is thrown out."""
    host, number = session.target
    other = OTHER6 if session.family == socket.AF_INET6 else OTHER4
    with socket.socket(session.family, socket.SOCK_STREAM) as sock:
        sock.bind((other, 0))
        sock.settimeout(PATIENCE)
        try:
            sock.connect((host, number))
            sock.sendall(EVIL)
            session.server.stolen += sock.recv(1)
        except ConnectionError:
            pass


def piece(start, stop):
    """A part of the file, in halves; it has arrived afterwards."""
    def step(session, part, arg):
        content = arg if part == "transfer" else session.content(arg)
        half = len(content) // 2
        session.send_data(content[start * half:stop * half])
        sock = session.data
        until(lambda: not sock or not ftpserver.unsent(sock), "data to be acknowledged")
    return step


ALL, HALF, OTHER_HALF = piece(0, 2), piece(0, 1), piece(1, 2)


def data(block):
    return lambda session, *_: session.data.sendall(block)


def data_for_ever(block, pause=0):
    def step(session, *_):
        session.server.stall()
        while not session.server.closing.wait(pause):
            session.data.sendall(block)
    return step


def URGENT(session, *_):
    session.data.send(b"!", socket.MSG_OOB)


def take(most=None):
    """Keep what the client sends: all of it, or its first bytes."""
    def step(session, _, arg):
        got = bytearray()
        session.data.settimeout(PATIENCE)
        while most is None or len(got) < most:
            block = session.data.recv(min(1 << 16, (most or 1 << 20) - len(got)))
            if not block:
                break
            got += block
        session.server.files[arg] = session.server.files.get(arg, b"") + bytes(got)
    return step


def SHUT(session, *_):
    """The end of the data, without a close."""
    session.data.shutdown(socket.SHUT_WR)


def DROP(session, *_):
    session.drop_data()


def RESET_DATA(session, *_):
    session.drop_data(reset=True)
