# SPDX-License-Identifier: GPL-2.0-only
"""A server that misbehaves, in more than a hundred ways: each a row of CASES, with
what has to come of it. ftpscript.py tells what the steps mean."""

import concurrent.futures
import dataclasses
import os
import subprocess
import time

import pytest

import ftpstore
import libknetctl
from command import knetctl
from ftpscript import (ALL, DROP, EVIL, HALF, HANG_UP, HOLD, OPEN, OTHER_HALF, OWED, PAY, PLAIN,
                       RESET, RESET_DATA, SHUT, STRANGER, URGENT, closed_port, data,
                       data_for_ever, deaf_port, for_ever, parts, port, slowly, take)
from wait import until
from world import OTHER4, OTHER6, SERVER4, SERVER6

CONTENT = bytes(range(256)) * 400
SIZE = len(CONTENT)
MIDDLE = SIZE // 2
# Timers that are not what a case is about
LONG = 20


@dataclasses.dataclass
class End:
    """What has to come of it. left: the first bytes of CONTENT that are in the file."""
    kind: str			# "done", or the class of the error
    errno: str = None
    code: int = None
    says: str = ""
    left: int = 0

    @property
    def rc(self):
        return {"done": 0, "timer": 5}.get(self.kind, 1)


def done(left=SIZE):
    return End("done", left=left)


def timer(left=0, says=""):
    return End("timer", "ETIMEDOUT", left=left, says=says)


def network(errno="ECONNRESET", left=0, says=""):
    return End("network", errno, left=left, says=says)


def protocol(says="", code=None, left=0):
    return End("protocol", "EPROTO", code, says, left)


def transient(code, errno="EREMOTEIO", left=0, says=""):
    return End("transient", errno, code, says, left)


def permanent(code, errno="EREMOTEIO", left=0, says=""):
    return End("permanent", errno, code, says, left)


def short(left):
    return End("short", "ENODATA", left=left)


def too_long(left):
    return End("long", "EFBIG", left=left)


DONE = done()


class Case:
    """run: verb and options; waits: the timer that ends a wait, of 1 s; have: bytes that are
    there already; scripts: what the server does otherwise than usual."""

    def __init__(self, name, end, run="get", *, waits=None, have=0, sent=(), unsent=(),
                 refused=(), v6=False, **scripts):
        self.name, self.end, self.waits, self.have = name, end, waits, have
        self.verb, *self.options = run.split()
        self.sent, self.unsent, self.refused, self.v6 = sent, unsent, refused, v6
        self.scripts = scripts

    def timers(self, seconds=1):
        limits = dict.fromkeys(("connect", "reply", "stall"), LONG)
        if self.waits:
            limits[self.waits] = seconds
        return [word for which, limit in limits.items() for word in
                ("--timeout" if which == "total" else f"--{which}-timeout", limit)]


GREETING = [
    Case("silent", timer(says="no complete reply"), waits="reply", greeting=[HOLD]),
    Case("slow", timer(), waits="reply", greeting=[slowly(b"220-" + b"x" * 999, 0.05)]),
    Case("slow-lines", timer(), waits="reply", greeting=[slowly(b"220-x\r\n" * 999, 0.02)]),
    Case("endless-lines", protocol("too many"), greeting=[for_ever(b"220-more\r\n" * 99)]),
    Case("endless-line", protocol("too many bytes"), greeting=["220-", for_ever(b"x" * 999)]),
    Case("never-ends", timer(), waits="reply", greeting=["220-hello", "221 or not", HOLD]),
    Case("carriage-return-only", timer(), waits="reply", greeting=[b"220 hello\r", HOLD]),
    Case("120", DONE, greeting=["120 in a minute", "220 ready"]),
    Case("120-silent", timer(), waits="reply", greeting=["120 in a minute", HOLD]),
    Case("120-endless", protocol("1xx"), greeting=[for_ever(b"120 in a minute\r\n")]),
    Case("230", DONE, unsent=["USER", "PASS"], greeting=["230 come in"]),
    Case("421", transient(421, says="421 full"), unsent=["USER"], greeting=["421 full"]),
    Case("530", permanent(530, "EACCES"), greeting=["530 not you"]),
    Case("331", protocol(code=331), unsent=["USER"], greeting=["331 password?"]),
    Case("http", protocol("not an FTP reply"), unsent=["USER"],
         greeting=["HTTP/1.1 400 Bad Request", "", "<html>"]),
    Case("ssh", protocol("not an FTP reply"), greeting=["SSH-2.0-OpenSSH_9.2", HOLD]),
    Case("tls", protocol("not an FTP reply"), greeting=[b"\x15\x03\x01\0\x02\x02\x0a", HOLD]),
    Case("telnet", protocol("not an FTP reply"), greeting=[b"\xff\xfb\x01220 hello\r\n", HOLD]),
    Case("nul", protocol("NUL"), greeting=[b"220 he\0llo\r\n", HOLD]),
    Case("code-600", protocol(), greeting=["600 hello", HOLD]),
    Case("code-099", protocol(), greeting=["099 hello", HOLD]),
    Case("empty-line", protocol(), greeting=["", "220 hello", HOLD]),
    Case("hangs-up", network(says="closed the control"), greeting=[HANG_UP]),
    Case("hangs-up-in-a-line", network(), greeting=[b"220 he", HANG_UP]),
    Case("resets", network(), greeting=[RESET]),
    Case("two-at-once", protocol("no command"), unsent=["RETR"],
         greeting=[b"220 hello\r\n331 already\r\n"]),
    Case("five-lines", DONE, greeting=["220-a", "220-b", " 220 c", "331 d", "220 e"]),
    Case("line-feed-only", DONE, greeting=[b"220 hello\n"]),
    Case("no-text", DONE, greeting=["220"]),
]

REPLY = [
    Case("no-code", protocol("not an FTP reply"), type=["hello", HOLD]),
    Case("two-digits", protocol(), type=["20 fine", HOLD]),
    Case("four-digits", protocol(), type=["2000 fine", HOLD]),
    Case("no-blank", protocol(), type=["200/fine", HOLD]),
    Case("negative", protocol(), type=["-200 fine", HOLD]),
    Case("code-999", protocol(), type=["999 fine", HOLD]),
    Case("nul", protocol("NUL"), type=[b"200 fi\0ne\r\n", HOLD]),
    Case("other-codes-within", DONE, type=["200-a", "250 b", "550 c", "200 d"]),
    Case("other-code-ends", timer(), waits="reply", type=["200-a", "226 b"]),
    Case("other-code-ends-relaxed", DONE, "get --relaxed-replies", type=["200-a", "226 b"]),
    Case("unended-then-closed", network(), type=["200-a", "200-b", HANG_UP]),
    Case("line-of-17-kB", DONE, type=["200 " + "x" * 17000]),
    Case("226-lines", DONE, type=["200-x"] * 226 + ["200 y"]),
    Case("1001-lines", protocol("too many lines"), type=["200-x"] * 1001 + ["200 y", HOLD]),
    Case("66-kB", protocol("too many bytes"), type=["200 " + "x" * 66000, HOLD]),
    Case("byte-by-byte", DONE, type=[slowly(b"200-fine\r\n200 fine\r\n", 0.005)]),
    Case("carriage-return-within", DONE, type=[b"200 fi\rne\r\r\n"]),
    Case("1xx-endless", protocol("1xx"), type=[for_ever(b"110 wait\r\n")]),
    Case("1xx-then-final", DONE, type=["110 wait", "200 fine"]),
    Case("twice", protocol("no command"), epsv=[port("229 ok (|||{port}|)\r\n229 ok")]),
    Case("nobody-asked", protocol("no command"), pass_=[b"230 in\r\n200 more\r\n"]),
    Case("escape", permanent(550, says="\x1b[2Jred\\x9b \\xff"),
         retr=["550 \x1b[2Jred\x9b \xff"]),
    Case("no-text", permanent(550), retr=["550"]),
    Case("long-text", permanent(550, says="x" * 400), retr=["550 " + "x" * 9000]),
    Case("hangs-up", network(), type=[HANG_UP]),
    Case("resets", network(), type=[RESET]),
    Case("421", transient(421), type=["421 too late"]),
]

LOGIN = [
    Case("user-silent", timer(), waits="reply", user=[HOLD]),
    Case("user-230", DONE, unsent=["PASS"], user=["230 come in"]),
    Case("user-314", protocol(code=314), unsent=["PASS"], user=["314 what?"]),
    Case("user-421", transient(421), user=["421 full"]),
    Case("user-500", permanent(500, "EACCES"), user=["500 what?"]),
    Case("user-530", permanent(530, "EACCES"), user=["530 not you"]),
    Case("user-332", permanent(332, "EACCES"), user=["332 whose?"]),
    Case("user-332-account", DONE, "get --account a", unsent=["PASS"], user=["332 whose?"]),
    Case("user-hangs-up", network(), user=[HANG_UP]),
    Case("pass-silent", timer(), waits="reply", pass_=[HOLD]),
    Case("pass-202", DONE, pass_=["202 not needed"]),
    Case("pass-331", protocol(code=331), pass_=["331 again"]),
    Case("pass-332", permanent(332, "EACCES"), unsent=["ACCT"], pass_=["332 whose?"]),
    Case("pass-332-account", DONE, "get --account a", sent=["ACCT"], pass_=["332 whose?"]),
    Case("pass-332-twice", protocol(code=332), "get --account a", pass_=["332 whose?"],
         acct=["332 whose?"]),
    Case("pass-430", transient(430, "EACCES"), pass_=["430 not now"]),
    Case("pass-530", permanent(530, "EACCES"), pass_=["530 no"]),
    Case("pass-633", protocol(), pass_=["633 what?", HOLD]),
    Case("pass-nul", protocol("NUL"), pass_=[b"230 logged\0 in\r\n", HOLD]),
    Case("pass-hangs-up", network(), pass_=[HANG_UP]),
    Case("acct-532", permanent(532, "EACCES"), "get --account a", pass_=["332 whose?"],
         acct=["532 no"]),
    Case("acct-silent", timer(), "get --account a", waits="reply", pass_=["332 whose?"],
         acct=[HOLD]),
]

TYPE_AND_SIZE = [
    Case("type-226", DONE, type=["226 fine"]),
    Case("type-314", protocol(code=314), unsent=["RETR"], type=["314 what?"]),
    Case("type-504", permanent(504), unsent=["RETR"], type=["504 no"]),
    Case("type-silent", timer(), waits="reply", type=[HOLD]),
    Case("type-after-size", DONE, type=[OWED], size=["502 no", PAY]),
    Case("type-after-epsv", DONE, type=[OWED], epsv=[PLAIN, PAY]),
    Case("size-silent", timer(), waits="reply", size=[HOLD]),
    Case("size-550", DONE, size=["550 no"]),
    Case("size-502", DONE, size=["502 no"]),
    Case("size-200", DONE, size=[f"200 {SIZE}"]),
    Case("size-negative", DONE, size=["213 -1"]),
    Case("size-hexadecimal", DONE, size=["213 0x19000"]),
    Case("size-text", DONE, size=["213 file: 213, Size =51"]),
    Case("size-text-behind", DONE, size=["213 5 bytes"]),
    Case("size-blanks", DONE, size=["213  5"]),
    Case("size-lines", DONE, size=["213-5", "213 5"]),
    Case("size-2^64", DONE, size=["213 18446744073709551615"]),
    Case("size-2^64-plus-5", DONE, size=["213 18446744073709551621"]),
    Case("size-2^63", DONE, size=["213 9223372036854775808"]),
    Case("size-2^63-less-1", short(SIZE), size=["213 9223372036854775807"]),
    Case("size-0", too_long(0), size=["213 0"]),
    Case("size-smaller", too_long(1000), size=["213 1000"]),
    Case("size-larger", short(SIZE), size=[f"213 {SIZE + 1}"]),
    Case("size-above-limit", too_long(0), "get --max-size 1000", unsent=["RETR"]),
    Case("size-hangs-up", network(), size=[HANG_UP]),
]

PASSIVE = [
    Case("epsv-500", DONE, sent=["PASV"], epsv=["500 no"]),
    Case("epsv-314", DONE, sent=["PASV"], epsv=["314 what?"]),
    Case("epsv-silent", timer(), waits="reply", epsv=[HOLD]),
    Case("epsv-hangs-up", network(), epsv=[HANG_UP]),
    Case("epsv-port-1000000", protocol("bad port"), epsv=["229 ok (|||1000000|)"]),
    Case("epsv-port-0", protocol("bad port"), epsv=["229 ok (|||0|)"]),
    Case("epsv-port-negative", protocol("bad port"), epsv=["229 ok (|||-5|)"]),
    Case("epsv-no-port", protocol("bad port"), epsv=["229 ok"]),
    Case("epsv-unended", protocol("bad port"), epsv=["229 ok (|||5"]),
    Case("epsv-address", protocol("bad port"), epsv=[port("229 ok (|1|192.0.2.1|{port}|)")]),
    Case("epsv-other-delimiter", DONE, unsent=["PASV"], epsv=[port("229 (5) (!!!{port}!)")]),
    Case("epsv-own-control", protocol("control"), epsv=[port("229 ok (|||{control}|)")]),
    Case("epsv-closed-port", DONE, sent=["PASV"], epsv=[closed_port("229 ok (|||{port}|)")]),
    Case("epsv-deaf-port", DONE, waits="connect", sent=["PASV"],
         epsv=[deaf_port("229 ok (|||{port}|)")]),
    Case("both-refused", permanent(502), unsent=["RETR"], epsv=["502 no"], pasv=["502 no"]),
    Case("pasv-314", protocol(code=314), epsv=["502 no"], pasv=["314 what?"]),
    Case("pasv-elsewhere", DONE, epsv=["502 no"], pasv=[port("227 ok (192,0,2,1,{high},{low})")]),
    Case("pasv-no-brackets", DONE, epsv=["502 no"], pasv=[port("227 ok ={host},{high},{low}")]),
    Case("pasv-numbers-before", DONE, epsv=["502 no"],
         pasv=[port("227 Mode 1 of 2 ({host},{high},{low}) 9")]),
    Case("pasv-256", protocol("bad address"), epsv=["502 no"], pasv=["227 ok (10,0,0,2,256,1)"]),
    Case("pasv-1216", protocol("bad address"), epsv=["502 no"],
         pasv=["227 ok (1216,256,2,127,127,127)"]),
    Case("pasv-five", protocol("bad address"), epsv=["502 no"], pasv=["227 ok (10,0,0,2,9)"]),
    Case("pasv-none", protocol("bad address"), epsv=["502 no"], pasv=["227 ok"]),
    Case("pasv-port-0", protocol("bad address"), epsv=["502 no"], pasv=["227 ok (10,0,0,2,0,0)"]),
    Case("pasv-closed-port", network("ECONNREFUSED"), epsv=["502 no"],
         pasv=[closed_port("227 ok ({host},{high},{low})")]),
    Case("pasv-deaf-port", timer(), waits="connect", epsv=["502 no"],
         pasv=[deaf_port("227 ok ({host},{high},{low})")]),
    Case("pasv-silent", timer(), waits="reply", epsv=["502 no"], pasv=[HOLD]),
]

ACTIVE = [
    Case("eprt-502", DONE, "get --active", sent=["PORT"], eprt=["502 no"]),
    Case("eprt-silent", timer(), "get --active", waits="reply", eprt=[HOLD]),
    Case("both-refused", permanent(500), "get --active", unsent=["RETR"], eprt=["502 no"],
         port=["500 no"]),
    Case("port-314", protocol(code=314), "get --active", eprt=["502 no"], port=["314 what?"]),
    Case("never-connects", timer(), "get --active", waits="connect", retr=["150 come", HOLD]),
    Case("silent", timer(), "get --active", waits="connect", retr=[HOLD]),
    Case("150-425", transient(425), "get --active", retr=["150 come", "425 cannot"]),
    Case("150-421", transient(421), "get --active", retr=["150 come", "421 bye"]),
    Case("150-hangs-up", network(), "get --active", retr=["150 come", HANG_UP]),
    Case("226-first", DONE, "get --active", retr=["150 come", "226 gone", OPEN, ALL, DROP]),
    Case("226-only", timer(), "get --active", waits="connect", retr=["150 come", "226 gone", HOLD]),
    Case("closes-at-once", short(0), "get --active", retr=["150 come", OPEN, DROP, "226 done"]),
    Case("resets-at-once", network(), "get --active",
         retr=["150 come", OPEN, RESET_DATA, "226 done"]),
    Case("stranger", End("peer", "EPERM"), "get --active", waits="connect",
         retr=["150 come", STRANGER, HOLD]),
    Case("stranger-425", transient(425), "get --active",
         retr=["150 come", STRANGER, "425 cannot"]),
    Case("stranger-first", DONE, "get --active", retr=[STRANGER, STRANGER, PLAIN]),
    Case("stranger-takes", End("peer", "EPERM"), "put --active", waits="connect",
         stor=["150 come", STRANGER, HOLD]),
]

REST_ = [
    Case("502", permanent(502, left=MIDDLE), "get --resume", have=MIDDLE, unsent=["RETR"],
         rest=["502 no"]),
    Case("200", protocol(code=200, left=MIDDLE), "get --resume", have=MIDDLE, unsent=["RETR"],
         rest=["200 fine"]),
    Case("silent", timer(MIDDLE), "get --resume", waits="reply", have=MIDDLE, rest=[HOLD]),
    Case("starts-later", short(None), "get --resume", have=MIDDLE,
         transfer=[data(CONTENT[MIDDLE + 1:])]),
    Case("ignored", too_long(MIDDLE), "get --resume", have=MIDDLE, transfer=[ALL]),
    Case("size-502", permanent(502, left=MIDDLE), "get --resume", have=MIDDLE, unsent=["RETR"],
         size=["502 no"]),
    Case("size-nonsense", protocol(left=MIDDLE), "get --resume", have=MIDDLE, unsent=["RETR"],
         size=["213 many"]),
    Case("size-smaller", too_long(MIDDLE), "get --resume", have=MIDDLE, unsent=["RETR"],
         size=["213 5"]),
    Case("size-equal", done(MIDDLE), "get --resume", have=MIDDLE, unsent=["RETR"],
         size=[f"213 {MIDDLE}"]),
]

RETR = [
    Case("550", permanent(550), retr=["550 none"]),
    Case("450", transient(450), retr=["450 busy"]),
    Case("314", protocol(code=314), retr=["314 what?"]),
    Case("silent", timer(), waits="reply", retr=[HOLD]),
    Case("silent-connected", timer(), waits="reply", retr=[OPEN, HOLD]),
    Case("125", DONE, retr=["125 here", OPEN, ALL, DROP, "226 done"]),
    Case("no-150", DONE, retr=[OPEN, ALL, DROP, "226 done"]),
    Case("150-226-before", DONE, retr=[b"150 here\r\n226 done\r\n", OPEN, ALL, DROP]),
    Case("226-in-the-middle", DONE, retr=["150 here", OPEN, HALF, "226 done", OTHER_HALF, DROP]),
    Case("150-endless", protocol("1xx"), retr=[for_ever(b"150 here\r\n")]),
    Case("150-hangs-up", network(), retr=["150 here", HANG_UP]),
    Case("150-425", transient(425), retr=["150 here", "425 cannot"]),
    Case("532", permanent(532, "EACCES"), retr=["532 account?"]),
    Case("data-hangs-up", network(left=MIDDLE), retr=["150 here", OPEN, HALF, HANG_UP, HOLD]),
    Case("stalls", timer(MIDDLE, "too few bytes"), waits="stall",
         retr=["150 here", OPEN, HALF, HOLD]),
    Case("stalls-after-226", timer(MIDDLE), waits="stall",
         retr=["150 here", OPEN, HALF, "226 done", HOLD]),
    Case("never-closes", timer(SIZE), waits="stall",
         retr=["150 here", OPEN, ALL, "226 done", HOLD]),
    Case("trickles", timer(None), "get --stall-bytes 1M", waits="stall", size=["502 no"],
         retr=["150 here", OPEN, data_for_ever(b"x", 0.02)]),
    Case("trickles-on", timer(None), waits="total", size=["502 no"],
         retr=["150 here", OPEN, data_for_ever(b"x", 0.02)]),
    Case("226-silent", timer(SIZE), waits="reply", after=[HOLD]),
    Case("226-hangs-up", network(left=SIZE), after=[HANG_UP]),
    Case("226-421", transient(421, left=SIZE), after=["421 bye"]),
    Case("226-426", transient(426, left=SIZE), after=["426 broken"]),
    Case("226-451", transient(451, left=SIZE), after=["451 local error"]),
    Case("226-550", permanent(550, left=SIZE), after=["550 changed my mind"]),
    Case("226-314", protocol(code=314, left=SIZE), after=["314 what?"]),
    Case("226-twice", DONE, after=["226 done", "226 done"]),
    Case("226-1xx-first", DONE, after=["150 soon", "226 done"]),
    Case("short", short(MIDDLE), retr=["150 here", OPEN, HALF, DROP, "226 done"]),
    Case("nothing", short(0), retr=["150 here", OPEN, DROP, "226 done"]),
    Case("long", too_long(SIZE), retr=["150 here", OPEN, ALL, data(b"!"), DROP, "226 done"]),
    Case("endless", too_long(SIZE), retr=["150 here", OPEN, ALL, data_for_ever(bytes(65536))]),
    Case("endless-unannounced", too_long(None), "get --max-size 1M", size=["502 no"],
         retr=["150 here", OPEN, data_for_ever(bytes(65536))]),
    Case("endless-in-time", timer(None), "get --max-size 1G", waits="total", size=["502 no"],
         retr=["150 here", OPEN, data_for_ever(bytes(4096), 0.001)]),
    Case("resets", network(left=MIDDLE), retr=["150 here", OPEN, HALF, RESET_DATA, "226 done"]),
    Case("resets-426", transient(426, left=MIDDLE),
         retr=["150 here", OPEN, HALF, "426 broken", RESET_DATA]),
    Case("550-in-the-middle", permanent(550, left=MIDDLE),
         retr=["150 here", OPEN, HALF, "550 no more", HOLD]),
    Case("421-in-the-middle", transient(421, left=MIDDLE),
         retr=["150 here", OPEN, HALF, "421 bye", HOLD]),
    Case("nonsense-in-the-middle", protocol(left=MIDDLE),
         retr=["150 here", OPEN, HALF, b"\0\0\0\0", HOLD]),
    Case("urgent", DONE, retr=["150 here", OPEN, HALF, URGENT, OTHER_HALF, DROP, "226 done"]),
    Case("half-closed", DONE, retr=["150 here", OPEN, ALL, SHUT, "226 done"]),
    Case("quit-silent", DONE, quit=[HOLD]),
    Case("mdtm-nonsense", DONE, "get --remote-time", mdtm=["213 2003040a102659"]),
    Case("mdtm-550", DONE, "get --remote-time", mdtm=["550 none"]),
]

# What is stored of a file that is put: all of it, its first bytes, or nothing
STOR = [
    Case("550", permanent(550), "put", stor=["550 no"]),
    Case("452", transient(452, "ENOSPC"), "put", stor=["452 full"]),
    Case("532", permanent(532, "EACCES"), "put", stor=["532 account?"]),
    Case("silent", timer(), "put", waits="reply", stor=[HOLD]),
    Case("125", DONE, "put", stor=["125 go", OPEN, take(), DROP, "250 done"]),
    Case("no-150", DONE, "put", stor=["226 done", OPEN, take(), DROP]),
    Case("226-early", DONE, "put", stor=["150 go", "226 done", OPEN, take(), DROP]),
    Case("150-twice", DONE, "put", stor=["150 go", "150 go", OPEN, take(), DROP, "226 done"]),
    Case("150-425", transient(425), "put", stor=["150 go", "425 cannot"]),
    Case("150-silent-active", timer(), "put --active", waits="connect", stor=["150 go", HOLD]),
    Case("552-in-the-middle", permanent(552, "ENOSPC", 5000), "put",
         stor=["150 go", OPEN, take(5000), "552 full", HOLD]),
    Case("426-in-the-middle", transient(426, left=5000), "put",
         stor=["150 go", OPEN, take(5000), "426 no", HOLD]),
    Case("resets", network(left=5000), "put",
         stor=["150 go", OPEN, take(5000), RESET_DATA, "226 done"]),
    Case("hangs-up", network(left=5000), "put", stor=["150 go", OPEN, take(5000), HANG_UP]),
    Case("never-reads", timer(), "put --big", waits="stall", stor=["150 go", OPEN, HOLD]),
    Case("stops-reading", timer(5000), "put --big", waits="stall",
         stor=["150 go", OPEN, take(5000), HOLD]),
    Case("never-closes", timer(SIZE), "put", waits="stall", stor=["150 go", OPEN, take(), HOLD]),
    Case("junk", DONE, "put",
         stor=["150 go", OPEN, data(EVIL * 999), take(), DROP, "226 done"]),
    Case("junk-behind", DONE, "put",
         stor=["150 go", OPEN, take(), data(EVIL * 999), DROP, "226 done"]),
    Case("junk-endless", timer(None), "put", waits="total",
         stor=["150 go", OPEN, data_for_ever(EVIL, 0.001)]),
    Case("226-silent", timer(SIZE), "put", waits="reply",
         stor=["150 go", OPEN, take(), DROP, HOLD]),
    Case("226-550", permanent(550, left=SIZE), "put",
         stor=["150 go", OPEN, take(), DROP, "550 changed my mind"]),
    Case("rest-refused", DONE, "put --resume", have=MIDDLE, sent=["APPE"], rest=["502 no"]),
    Case("appe-550", permanent(550, left=MIDDLE), "put --append", have=MIDDLE, appe=["550 no"]),
    Case("rnto-553", permanent(553, left=None), "put --atomic", sent=["DELE"], rnto=["553 no"]),
    Case("rnto-silent", timer(None), "put --atomic", waits="reply", rnto=[HOLD]),
]

IPV6 = [
    Case("silent", timer(), waits="reply", v6=True, greeting=[HOLD]),
    Case("epsv-502", permanent(502), v6=True, unsent=["PASV", "RETR"], epsv=["502 no"]),
    Case("epsv-522", permanent(522), v6=True, unsent=["PASV"], epsv=["522 use (1)"]),
    Case("epsv-port-70000", protocol("bad port"), v6=True, epsv=["229 ok (|||70000|)"]),
    Case("epsv-closed-port", network("ECONNREFUSED"), v6=True, unsent=["PASV"],
         epsv=[closed_port("229 ok (|||{port}|)")]),
    Case("epsv-deaf-port", timer(), waits="connect", v6=True,
         epsv=[deaf_port("229 ok (|||{port}|)")]),
    Case("no-extended", DONE, "get --no-extended", v6=True, unsent=["PASV"]),
    Case("eprt-502", permanent(502), "get --active", v6=True, unsent=["PORT", "RETR"],
         eprt=["502 no"]),
    Case("stranger", End("peer", "EPERM"), "get --active", waits="connect", v6=True,
         retr=["150 come", STRANGER, HOLD]),
    Case("stranger-first", DONE, "get --active", v6=True, retr=[STRANGER, PLAIN]),
    Case("resets", network(left=MIDDLE), v6=True,
         retr=["150 here", OPEN, HALF, RESET_DATA, "226 done"]),
    Case("short", short(MIDDLE), v6=True, retr=["150 here", OPEN, HALF, DROP, "226 done"]),
]

LIST = [
    Case("550", permanent(550), "ls", mlsd=["550 none"]),
    Case("all-unknown", permanent(502), "ls", refused=["MLSD", "LIST", "NLST"]),
    Case("mlsd-500", done(None), "ls", sent=["LIST"], mlsd=["500 no"]),
    Case("silent", timer(), "ls", waits="reply", mlsd=[HOLD]),
    Case("stalls", timer(), "ls", waits="stall", mlsd=["150 here", OPEN, data(b"type=fi"), HOLD]),
    Case("226-silent", timer(), "ls", waits="reply", mlsd=["150 here", OPEN, DROP, HOLD]),
    Case("226-550", permanent(550), "ls", mlsd=["150 here", OPEN, DROP, "550 no"]),
    Case("resets", network(), "ls", mlsd=["150 here", OPEN, data(b"type=file; x\r\n"),
                                          RESET_DATA, "226 done"]),
    Case("nothing", done(None), "ls", mlsd=["150 here", OPEN, DROP, "226 done"]),
    Case("nlst-450", done(None), "ls", refused=["MLSD", "LIST"], nlst=["450 no files"]),
    Case("garbage", done(None), "ls", mlsd=["150 here", OPEN, data(bytes(range(256)) * 9), DROP,
                                            "226 done"]),
    Case("type-504", done(None), "ls", type=["504 no"]),
    Case("endless", too_long(0), "ls", mlsd=["150 here", OPEN, data_for_ever(b"x\r\n" * 99999)]),
]

MANAGE = [
    Case("mkd-550", permanent(550), "mkdir", mkd=["550 there is one"]),
    Case("mkd-silent", timer(), "mkdir", waits="reply", mkd=[HOLD]),
    Case("mkd-150", timer(), "mkdir", waits="reply", mkd=["150 soon", HOLD]),
    Case("mkd-no-quotes", done(None), "mkdir", mkd=['257 "half']),
    Case("mkd-314", protocol(code=314), "mkdir", mkd=["314 what?"]),
    Case("dele-421", transient(421), "rm", dele=["421 bye"]),
    Case("dele-hangs-up", network(), "rm", dele=[HANG_UP]),
    Case("rnfr-250", protocol(code=250), "mv", unsent=["RNTO"], rnfr=["250 done"]),
    Case("rnfr-550", permanent(550), "mv", unsent=["RNTO"], rnfr=["550 none"]),
    Case("rnto-553", permanent(553), "mv", rnto=["553 no"]),
    Case("rnto-silent", timer(), "mv", waits="reply", rnto=[HOLD]),
]

CASES = {f"{part}-{case.name}": case for part, cases in [
    ("greeting", GREETING), ("reply", REPLY), ("login", LOGIN), ("ask", TYPE_AND_SIZE),
    ("passive", PASSIVE), ("active", ACTIVE), ("rest", REST_), ("retr", RETR), ("stor", STOR),
    ("ipv6", IPV6), ("list", LIST), ("manage", MANAGE)] for case in cases}


class Outcome:
    """One case from beginning to end: what the command said, and what is left."""

    def __init__(self, world, case, directory):
        self.case = case
        self.local = directory / "f"
        there = {"get": CONTENT, "put": CONTENT[:case.have]}.get(case.verb, b"x")
        server = ftpstore.Store(world.server, files={"f": there} if there else {},
                                address=SERVER6 if case.v6 else SERVER4, refused=case.refused,
                                replaced=parts(**case.scripts))
        try:
            self.got = self.run(server)
            self.waited = time.monotonic() - (server.stalled_at or 0)
        finally:
            server.close()
        self.server = server

    def run(self, server):
        case, options = self.case, [o for o in self.case.options if o != "--big"]
        if case.verb == "put":
            self.local.write_bytes(CONTENT * (100 if "--big" in case.options else 1))
        elif case.have:
            self.local.write_bytes(CONTENT[:case.have])
        url = server.url({"ls": "", "mkdir": "new"}.get(case.verb, "f"))
        args = {"put": [self.local, url], "get": [url, self.local], "mv": [url, "g"]}
        return knetctl("-j", "ftp", case.verb, *options, *case.timers(),
                       *args.get(case.verb, [url]))

    def left(self):
        """What is in the file at the end."""
        if self.case.verb == "put":
            return self.server.files.get("f", b"")
        return self.local.read_bytes() if self.local.exists() else b""


@pytest.fixture(scope="module", autouse=True)
def strangers(world):
    """Addresses that are not the server's, as far as anybody was told."""
    subprocess.run(["ip", "-n", world.server.name, "-batch", "-"], text=True, check=True, input=f"""
        address add {OTHER4}/24 dev {world.device}
        address add {OTHER6}/64 dev {world.device} nodad preferred_lft 0
        """)


@pytest.fixture(scope="module")
def outcomes(request, world, tmp_path_factory):
    """The cases that were asked for, several at a time: many of them wait."""
    wanted = [item.callspec.params["name"] for item in request.session.items
              if item.function is test_case and not item.get_closest_marker("skip")]
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        futures = {name: pool.submit(Outcome, world, CASES[name], tmp_path_factory.mktemp("case"))
                   for name in wanted}
    yield futures


@pytest.fixture(scope="module")
def knet(world):
    with libknetctl.Knetctl() as handle:
        yield handle


def check_file(case, outcome, moved):
    """As long as was said, and right as far as it goes."""
    end, left = case.end, outcome.left()
    if case.verb == "get":
        assert outcome.local.exists() or not (moved or case.have)
        assert outcome.local.exists() or end.kind != "done"
        assert len(left) == case.have + moved
    if end.left is not None:
        assert len(left) == end.left and left == (CONTENT * 100)[:len(left)]


def check_error(case, error, job):
    end = case.end
    assert (job.class_name, error["errno"], error["ftp_code"]) == (end.kind, end.errno, end.code)
    assert end.says in error["message"]
    assert error["bytes"] == job.bytes


def check_time(case, outcome, job):
    """Not less than its timers; and whether no longer by more than a second."""
    seconds = job.duration_ns / 1e9
    # On a busy machine the tick with which a timer begins may be late, and is not at its end.
    assert seconds >= 0.98 or case.end.kind not in ("timer", "peer")
    # What came before the wait, or behind it, may be slow on a busy machine.
    return min(seconds, outcome.waited) < (1 if case.waits else LONG) + 1


def only_dialogue(case):
    """The machine's unit tests have it too."""
    return not case.waits and not {"retr", "stor", "transfer", "mlsd", "list"} & set(case.scripts)


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.slow if only_dialogue(case) else ())
    for name, case in CASES.items()])
def test_case(world, outcomes, knet, tmp_path, name):
    case, outcome = CASES[name], outcomes[name].result()
    got, verbs = outcome.got, outcome.server.verbs()
    assert got.rc == case.end.rc, got
    if got.rc:
        assert got.out == "", got
        job = knet.job_get(got.error["id"])
        check_error(case, got.error, job)
        if not check_time(case, outcome, job):
            # Without the others, then.
            again = Outcome(world, case, tmp_path)
            assert check_time(case, again, knet.job_get(again.got.error["id"]))
        moved = job.bytes
    else:
        moved = got.json["bytes"] if case.verb in ("get", "put") else 0
    if case.verb in ("get", "put"):
        check_file(case, outcome, moved)
    assert set(case.sent) <= set(verbs) and not set(case.unsent) & set(verbs), verbs
    assert not outcome.server.stolen


# --- what it costs ---------------------------------------------------------------

def no_wait(path, lines):
    """Each line is started by one and the same process."""
    path.write_text("".join(f"ftp get --no-wait {line}\n" for line in lines))
    knetctl("-b", path).ok()


def run_times():
    """How long each worker of the kernel has run, ns."""
    times = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as comm, open(f"/proc/{pid}/schedstat") as stat:
                if comm.read().startswith("kworker/"):
                    times[pid] = int(stat.read().split()[0])
        except OSError:
            pass
    return times


def worked(seconds):
    before = run_times()
    time.sleep(seconds)
    return sum(ns - before.get(pid, 0) for pid, ns in run_times().items()) / 1e9


def holds(case):
    return (case.verb == "get" and case.waits in ("connect", "reply", "stall") and
            not case.have and any(steps[-1] is HOLD for steps in case.scripts.values()))


def test_waiting_is_idle(store, directory):
    """All who wait at once, for whatever: nobody looks again and again."""
    cases = [case for case in CASES.values() if holds(case) and not case.v6]
    servers = [store({"f": CONTENT}, replaced=parts(**case.scripts)) for case in cases]
    no_wait(directory / "list", (
        " ".join(case.options) + f" {server.url()} {directory}/{number}"
        for number, (case, server) in enumerate(zip(cases, servers))))
    for server in servers:
        server.await_stall()
    assert len(servers) > 15
    assert min(worked(0.3) for _ in range(5)) < 0.01
    knetctl("job", "cancel", "--all").ok()
    until(lambda: not knetctl("-j", "job", "list", "state", "running").ok().json, "the end")


@pytest.fixture
def frozen(directory):
    """An ext4 that can be frozen."""
    image, path = directory / "image", directory / "mnt"
    with open(image, "wb") as f:
        f.truncate(192 << 20)
    path.mkdir()
    subprocess.run(["modprobe", "loop"], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, path], check=True)
    yield path
    subprocess.run(["fsfreeze", "-u", path], check=False, capture_output=True)
    until(lambda: not subprocess.run(["umount", path], check=False).returncode, "umount")


def page_cache_objects():
    """What the kernel has beside the pages of files to know them by, KiB."""
    with open("/proc/slabinfo") as f:
        rows = (line.split() for line in f)
        return sum(int(row[2]) * int(row[3]) >> 10 for row in rows
                   if row[0] in ("buffer_head", "radix_tree_node"))


def memory():
    """What is free; what the kernel uses beside page cache, processes and what waits in TCP
    sockets; what of it are small objects. KiB."""
    with open("/proc/meminfo") as f:
        info = {line.split(":")[0]: int(line.split()[1]) for line in f}
    with open("/proc/net/sockstat") as f:
        tcp = next(line.split() for line in f if line.startswith("TCP:"))
    pages = int(tcp[tcp.index("mem") + 1])
    return info["MemFree"], (info["MemTotal"] - info["MemFree"] - info["Buffers"] -
                             info["Cached"] - info["AnonPages"] - info["PageTables"] -
                             4 * pages - page_cache_objects()), info["Slab"]


def settled():
    """Once nothing flows any more."""
    last = []

    def same():
        time.sleep(0.1)
        last.append(memory())
        free = [each[0] for each in last[-4:]]
        return len(free) == 4 and max(free) - min(free) < 256 and last[-1]
    return until(same, "memory to settle")


def flood(session, *_):
    """As fast as it goes, but no more than the disk has room for; more when it is frozen."""
    block, gate = bytes(1 << 20), session.server.gate
    for _ in range(10):
        session.data.sendall(block)
        if gate.wait(0.02):
            break
    gate.wait()
    for _ in range(6):
        session.data.sendall(block)


@pytest.fixture
def small_windows(world):
    """They are soon full, and yet hold more than is taken at once."""
    for netns, which, most in ((world.client, "rmem", 3 << 20), (world.server, "wmem", 1 << 18)):
        with netns, open(f"/proc/sys/net/ipv4/tcp_{which}", "w") as f:
            f.write(f"4096 131072 {most}")


@pytest.mark.slow
@pytest.mark.usefixtures("small_windows")
def test_memory(store, directory, frozen):
    """A flood that the file system does not take, and many jobs that wait behind it."""
    server = store({"f": CONTENT}, replaced=parts(
        size=["502 no"], retr=["150 here", OPEN, flood, HOLD]))
    before = settled()
    no_wait(directory / "list", (f"--sessions 8 {server.url()} {frozen}/{i}"
                                 for i in range(8)))
    until(lambda: all((frozen / str(i)).stat().st_size for i in range(8)), "bytes in all files")
    subprocess.run(["fsfreeze", "-f", frozen], check=True)
    server.gate.set()
    flooded = settled()
    no_wait(directory / "list", (f"--sessions 8 {server.url()} {directory}/{i}"
                                 for i in range(400)))
    queued = settled()
    assert len(knetctl("-j", "job", "list", "state", "queued").ok().json) == 400
    knetctl("job", "cancel", "--all").ok()
    subprocess.run(["fsfreeze", "-u", frozen], check=True)
    until(lambda: not knetctl("-j", "job", "list", "state", "running").ok().json, "the end")
    assert (flooded[1] - before[1]) / 8 < 2048
    assert (queued[2] - flooded[2]) / 400 < 4
