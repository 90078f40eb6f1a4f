# SPDX-License-Identifier: GPL-2.0-only
"""A session: it can be left at each of its waits, and only jobs with the same login share it."""

import os
import subprocess
import time

import pytest

from command import get, knetctl, show
from wait import until
from world import CLIENT4, SERVER4, netstat

CONTENT = os.urandom(100_000)
# Far from every timer, and from what a slow machine needs
SOON = 15


@pytest.fixture
def deaf(world):
    """An address that nobody answers from."""
    args = ["10.0.0.99", "lladdr", "02:00:00:00:00:99", "dev", world.device]
    subprocess.run(["ip", "-n", world.client.name, "neighbour", "replace", *args], check=True)
    return "ftp://10.0.0.99/f"


def cancel(ident):
    begin = time.monotonic()
    knetctl("job", "cancel", ident).ok()
    assert knetctl("job", "wait", ident).rc == 5
    assert time.monotonic() - begin < SOON
    job = show(ident)
    assert (job["state"], job["errno"]) == ("cancelled", "ECANCELED")
    return job


# --- cancelled at every wait ---------------------------------------------------------

@pytest.mark.parametrize("behaviours, options, last", [
    (["greeting-silent"], [], None),
    (["user-silent"], [], "USER"),
    (["pass-silent"], [], "PASS"),
    (["wants-account", "acct-silent"], ["--account", "a"], "ACCT"),
    (["type-silent"], [], "TYPE"),
    (["size-silent"], [], "SIZE"),
    (["epsv-silent"], [], "EPSV"),
    (["eprt-silent"], ["--active"], "EPRT"),
    (["never-connects"], ["--active"], "RETR"),
    (["retr-silent"], [], "RETR"),
    (["retr-silent"], ["--active"], "RETR"),
    (["data-stalls"], [], "RETR"),
    (["after-silent"], [], "RETR"),
])
def test_cancel(scripted, directory, behaviours, options, last):
    server = scripted(*behaviours, files={"f": CONTENT})
    ident = get(server.url(), directory / "f", "--no-wait", *options).ok().json["id"]
    if last:
        server.await_command(last)
    else:
        until(lambda: server.sessions, "the connection")
    cancel(ident)
    server.await_end()


def test_cancel_rest(scripted, directory):
    server = scripted("rest-silent", files={"f": CONTENT})
    (directory / "f").write_bytes(CONTENT[:1000])
    ident = get(server.url(), directory / "f", "--resume", "--no-wait").ok().json["id"]
    server.await_command("REST")
    cancel(ident)
    assert (directory / "f").read_bytes() == CONTENT[:1000]


def test_cancel_connect(deaf, directory):
    cancel(get(deaf, directory / "f", "--no-wait").ok().json["id"])


def test_cancel_put(store, directory):
    """While the server reads nothing."""
    server = store()
    (directory / "f").write_bytes(bytes(32 << 20))
    server.replaced["stor"] = lambda session, _: (
        session.reply(150, "go on"), session.open_data(), session.hold())
    ident = knetctl("-j", "ftp", "put", "--no-wait", directory / "f",
                    server.url()).ok().json["id"]
    until(lambda: show(ident)["bytes"], "bytes")
    assert 0 < cancel(ident)["bytes"] < 32 << 20
    assert not server.files


# --- what is part of the login -----------------------------------------------------------

ALONE = [["--account", "a"], ["--source", CLIENT4], ["--no-extended"], ["--relaxed-replies"]]


@pytest.mark.parametrize("options", ALONE, ids=lambda o: o[0])
def test_not_shared(scripted, directory, options):
    """Whatever differs about the login, it is another session; what is equal is not."""
    server = scripted(files={"f": CONTENT})
    for name, more in (("1", []), ("2", options), ("3", []), ("4", options)):
        get(server.url(), directory / name, *more).ok()
    assert len(server.sessions) == 2


@pytest.mark.parametrize("prefix", [["setpriv", "--groups", "4711"],
                                    ["setpriv", "--regid", "4711", "--keep-groups"]])
def test_not_shared_between_callers(scripted, directory, prefix):
    """Nor with whom has other credentials, of whatever kind."""
    server = scripted(files={"f": CONTENT})
    os.chmod(directory, 0o777)
    get(server.url(), directory / "1").ok()
    knetctl("ftp", "get", server.url(), directory / "2", prefix=prefix).ok()
    get(server.url(), directory / "3").ok()
    assert len(server.sessions) == 2


# --- the control connection is kept alive ------------------------------------------------

def test_keepalive(scripted, background, directory):
    """A NAT forgets a connection on which nothing is said while the data flow."""
    server = scripted("data-stalls", files={"f": CONTENT})
    background("ftp", "get", server.url(), directory / "f")
    server.await_stall()

    def timers():
        out = subprocess.run(["ss", "-tnoH", "dst", f"{SERVER4}:{server.port}"], check=True,
                             capture_output=True, text=True).stdout
        return "timer:(keepalive" in out
    until(timers, "the timer of keepalive")
    server.gate.set()


# --- a server that waits for acknowledgements ---------------------------------------------

def test_nagle(scripted, directory, monkeypatch):
    """Without TCP_NODELAY it says that all was sent only when its 150 is acknowledged:
    that must not wait for TCP's timer."""
    files = {f"f{i}": CONTENT[:100] for i in range(40)}
    server = scripted(files=files)
    (directory / "list").write_text("".join(f"{server.url(name)}\n" for name in files))
    monkeypatch.chdir(directory)
    before = netstat("TcpExtDelayedACKs")
    knetctl("ftp", "get", "--sessions", "1", "--list", "list").ok()
    assert netstat("TcpExtDelayedACKs") - before < len(files) / 2
