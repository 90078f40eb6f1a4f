# SPDX-License-Identifier: GPL-2.0-only
"""--trace and --quote: what is said, and what the user wants said."""

import ctypes
import os

import pytest

from command import knetctl, get
from ftpserver import answers, behaviour
from libknetctl import Ftp, Knetctl, KnetctlError, SockaddrStorage, AlignedStorage
from wait import until
from world import SERVER4

PASSWORD = "hush-hush"

answers("echoes", "pass_", f"230-You said {PASSWORD}\r\n  \x1b[1mtwice: {PASSWORD}{PASSWORD}\r\n230 in")


@behaviour("knows-quotes", "unknown")
def _(session, _):
    verb, arg = session.server.commands[-1]
    session.reply(500 if "no" in arg else 200, f"{verb} {arg}")


def said(got):
    """What --trace has told on stderr, without what a message of failure tells."""
    return [line for line in got.err.splitlines() if line[:2] in ("> ", "< ")]


def test_get(scripted, directory):
    server = scripted(files={"f": b"content"})
    got = knetctl("ftp", "get", "--trace", server.url(), directory / "f").ok()
    lines = said(got)
    assert lines[:6] == ["< 220 ready", "> USER anonymous", "< 331 password please",
                         "> PASS ***", "< 230 welcome", "> TYPE I"]
    assert lines[6:8] == ["> SIZE f", "> EPSV"]
    assert lines[-1] == "< 226 Transfer complete."
    assert got.err.splitlines() == lines
    # Who has not asked sees nothing.
    assert "USER" not in knetctl("ftp", "get", "--force", server.url(), directory / "f").ok().err


def test_secrets(scripted, directory, monitor):
    """Neither sent nor repeated; and what could move the cursor is escaped."""
    server = scripted("echoes", files={"f": b"content"})
    mon = monitor("job")
    url = server.url(login=f"me:{PASSWORD}@")
    got = knetctl("ftp", "get", "--trace", "--account", "the-account", url, directory / "f").ok()
    assert ("PASS", PASSWORD) in server.commands
    mon.done()
    for text in (got.err, got.out, str(mon.events)):
        assert PASSWORD not in text and "the-account" not in text and "\x1b" not in text
    assert "< 230-You said *" in said(got)
    assert any("twice: **" in line and "[1m" in line for line in said(got))


def test_events(scripted, directory, monitor):
    """A monitor sees the dialogue of a job that asked, in its order and numbered, and of no other."""
    server = scripted(files={"f": b"content"})
    mon = monitor("job")
    get(server.url(), directory / "one", "--trace").ok()
    ident = mon.done()["id"]
    got = [e for e in mon.events if e["event"] == "job-dialogue"]
    assert {e["id"] for e in got} == {ident}
    assert set(got[0]) == {"seq", "time", "mono_ns", "netns", "event", "id", "direction", "text"}
    assert [(e["direction"], e["text"]) for e in got[:2]] == [
        ("received", "220 ready"), ("sent", "USER anonymous")]
    assert [e["seq"] for e in mon.events] == list(range(mon.events[0]["seq"],
                                                        mon.events[-1]["seq"] + 1))
    assert mon.events[-1]["event"] == "job-done" and len(got) > 10
    get(server.url(), directory / "two").ok()
    mon.done(ident + 1)
    assert len([e for e in mon.events if e["event"] == "job-dialogue"]) == len(got)


def test_json_is_silent(scripted, directory):
    server = scripted(files={"f": b"content"})
    assert get(server.url(), directory / "f", "--trace").ok().err == ""


def test_text_of_a_monitor(scripted, directory, background):
    server = scripted(files={"f": b"content"})
    running = background("monitor", "job", "--count", "4")
    until(lambda: os.path.exists(f"/proc/{running.pid}/fd/4"), "the monitor")
    while running.process.poll() is None:
        knetctl("ftp", "get", "--force", "--trace", server.url(), directory / "f").ok()
    assert " < 220 ready\n" in running.wait().out


def test_list(store, directory, monkeypatch):
    """In a list the job's number stands before each line."""
    monkeypatch.chdir(directory)
    server = store({"a": b"a", "b": b"b"})
    (directory / "list").write_text(f"{server.url('a')}\n{server.url('b')}\n")
    got = knetctl("ftp", "get", "--trace", "--sessions", "1", "--list", "list").ok()
    numbers = {line.split()[0] for line in got.err.splitlines()}
    assert len(numbers) == 2
    for name in "ab":
        assert any(line.endswith(f"> RETR {name}") for line in got.err.splitlines())


def test_other_verbs(store, directory):
    server = store({"d/f": b"content"})
    (directory / "f").write_bytes(b"x")
    assert "> STOR g" in said(knetctl("ftp", "put", "--trace", directory / "f", server.url("g")).ok())
    assert "> MLSD d" in said(knetctl("ftp", "ls", "--trace", server.url("d")).ok())
    assert "> DELE g" in said(knetctl("ftp", "rm", "--trace", server.url("g")).ok())


# --- quotes ------------------------------------------------------------------

def test_quote(scripted, directory):
    server = scripted("knows-quotes", files={"f": b"content"})
    got = knetctl("ftp", "get", "--trace", "--quote", "SITE UMASK 022", "--quote", "*CLNT no",
                  "--quote", "SITE PSWD old new", server.url(), directory / "f").ok()
    assert server.commands[2:6] == [("SITE", "UMASK 022"), ("CLNT", "no"),
                                    ("SITE", "PSWD old new"), ("TYPE", "I")]
    assert "> SITE UMASK 022" in said(got) and "> CLNT no" in said(got)
    assert "> SITE ***" in said(got) and "> SITE PSWD" not in got.err


def test_quote_refused(scripted, directory):
    server = scripted("knows-quotes", files={"f": b"content"})
    got = get(server.url(), directory / "f", "--quote", "SITE no")
    assert got.rc == 1 and got.error["ftp_code"] == 500 and "SITE no" in got.error["message"]
    assert not (directory / "f").exists() and "RETR" not in server.verbs()
    # The next one logs in and tries again.
    get(server.url(), directory / "f", "--quote", "*SITE no").ok()
    assert server.verbs().count("USER") == 2


def test_quote_has_its_own_session(scripted, directory):
    """What a session was told holds for those who wanted it, and nobody else."""
    server = scripted("knows-quotes", files={"f": b"content"})
    for i, quotes in enumerate(([], ["NOOP 1"], [], ["NOOP 1"], ["NOOP 1", "NOOP 2"],
                                ["*NOOP 1"])):
        args = [a for quote in quotes for a in ("--quote", quote)]
        get(server.url(), directory / str(i), *args).ok()
    assert server.verbs().count("USER") == 4
    assert server.verbs().count("NOOP") == 4


@pytest.mark.parametrize("quote, why", [
    ("NOOP\r\nDELE f", "control bytes"), ("NOOP\nDELE f", "control bytes"),
    ("", "letter"), ("*", "letter"), ("-NOOP", "letter"), ("**NOOP", "letter"),
    ("A" * 513, "512 bytes")])
def test_quote_usage(directory, quote, why):
    got = knetctl("ftp", "get", "--quote", quote, "ftp://192.0.2.1/f", directory / "f")
    assert got.rc == 2 and why in got.err


def test_quotes_too_many(directory):
    args = ["--quote", "NOOP"] * 17
    got = knetctl("ftp", "get", *args, "ftp://192.0.2.1/f", directory / "f")
    assert got.rc == 2 and "at most 16" in got.err


def test_quote_longest(scripted, directory):
    server = scripted("knows-quotes", files={"f": b"content"})
    args = [a for i in range(16) for a in ("--quote", f"X{i} {'y' * (509 - len(str(i)) - 1)}")]
    get(server.url(), directory / "f", *args).ok()
    assert [v for v in server.verbs() if v.startswith("X")] == [f"X{i}" for i in range(16)]


@pytest.mark.parametrize("quotes, error, why", [
    ([b"NOOP\r\nDELE f"], "EINVAL", "control bytes"), ([b""], "EINVAL", "letter"),
    ([b"NOOP"] * 17, "E2BIG", "16"), ([b"A" * 513], "ENAMETOOLONG", "512")])
def test_quote_refused_by_the_module(world, quotes, error, why):
    remote = AlignedStorage(SockaddrStorage.make(SERVER4, 21))
    args = Ftp(struct_size=ctypes.sizeof(Ftp), fd=-1, remote=ctypes.pointer(remote),
               remote_count=1, pathname=b"f", quote_count=len(quotes),
               quotes=(ctypes.c_char_p * len(quotes))(*quotes))
    ident = ctypes.c_uint32()
    with Knetctl() as handle, pytest.raises(KnetctlError) as caught:
        handle.check(handle.lib.knetctl_ftp_start(handle.handle, 4, ctypes.byref(args),
                                                  ctypes.byref(ident)))
    assert caught.value.name == error and why in str(caught.value)
