# SPDX-License-Identifier: GPL-2.0-only
"""A scripted FTP server that also stores, lists and manages: a tree in memory."""

import hashlib
import posixpath
import zlib

import ftpserver
from wait import PATIENCE


def mlsd(store, path):
    lines = ["type=cdir; .", "type=pdir; .."]
    for name, full in store.children(path):
        if full in store.dirs:
            lines.append(f"type=dir;modify={store.mtime(full)}; {name}")
        else:
            lines.append(f"Type=file;Size={len(store.files[full])};"
                         f"Modify={store.mtime(full)};perm=adfrw; {name}")
    return lines


def unix(store, path):
    lines = ["total 8"]
    for name, full in store.children(path):
        kind, size = ("d", 4096) if full in store.dirs else ("-", len(store.files[full]))
        lines.append(f"{kind}rw-r--r--   1 ftp      ftp {size:12} Jan 02  2020 {name}")
    return lines


class Session(ftpserver.Session):
    directory = ""
    PARTS = ftpserver.Session.PARTS | {
        "STOR": "stor", "APPE": "appe", "MLSD": "mlsd", "LIST": "list_", "NLST": "nlst",
        "MKD": "mkd", "RMD": "rmd", "DELE": "dele", "RNFR": "rnfr", "RNTO": "rnto",
        "CWD": "cwd", "MDTM": "mdtm", "MFMT": "mfmt", "HASH": "hash_", "XSHA256": "xsha256", "XCRC": "xcrc"}

    def part(self, name, arg=None):
        verb = next((v for v, p in self.PARTS.items() if p == name), None)
        if verb in self.server.refused:
            self.reply(502, "no such command")
        else:
            super().part(name, arg)

    # --- data ---------------------------------------------------------------

    def store(self, name, content):
        server = self.server
        if posixpath.dirname(name) not in server.dirs or name in server.read_only:
            self.reply(553, "could not create the file")
            return
        self.reply(150, "go on")
        if not self.open_data():
            self.reply(425, "cannot open the data connection")
            return
        limit = server.cuts.pop(0) if server.cuts else None
        self.data.settimeout(PATIENCE)
        got = bytearray()
        while limit is None or len(got) < limit:
            block = self.data.recv(1 << 16)
            if not block:
                break
            got += block
        cut = limit is not None and len(got) >= limit
        server.files[name] = bytes(content) + bytes(got[:limit])
        self.drop_data(reset=cut)
        if cut:
            self.hang_up(reset=True)
        else:
            self.reply(226, "stored")

    def stor(self, arg):
        old, offset, self.offset = self.content(arg) or b"", self.offset, 0
        self.store(arg, old[:offset])

    def appe(self, arg):
        self.store(arg, self.content(arg) or b"")

    def transfer(self, content):
        limit = self.server.cuts.pop(0) if self.server.cuts else None
        if limit is None:
            super().transfer(content)
            return
        self.send_data(content[self.offset:self.offset + limit])
        self.drop_data()
        self.hang_up()

    def cwd(self, arg):
        if arg not in self.server.dirs:
            self.reply(550, "no such directory")
            return
        self.directory = arg
        self.reply(250, "here you are")

    def listing(self, arg, lines):
        arg = arg or self.directory
        if arg not in self.server.dirs and not self.server.vague:
            self.reply(550, "no such directory")
            return
        self.reply(150, "here it comes")
        if not self.open_data():
            return
        text = b"" if arg not in self.server.dirs else self.server.listings.get(arg)
        if text is None:
            text = "".join(line + "\r\n" for line in lines(self.server, arg)).encode("latin-1")
        self.send_data(text)
        self.drop_data()
        self.reply(226, "that is all")

    def mlsd(self, arg):
        self.listing(arg, mlsd)

    def list_(self, arg):
        self.listing(arg, unix)

    def nlst(self, arg):
        self.listing(arg, lambda store, path: [name for name, _ in store.children(path)])

    # --- names --------------------------------------------------------------

    def mkd(self, arg):
        if arg in self.server.dirs or posixpath.dirname(arg) not in self.server.dirs:
            self.reply(550, "cannot make it")
            return
        self.server.dirs.add(arg)
        self.reply(257, f'"{arg}" created')

    def rmd(self, arg):
        if arg not in self.server.dirs or list(self.server.children(arg)):
            self.reply(550, "not empty, or none")
            return
        self.server.dirs.remove(arg)
        self.reply(250, "removed")

    def dele(self, arg):
        if self.server.files.pop(arg, None) is None:
            self.reply(550, "no such file")
        else:
            self.reply(250, "deleted")

    def rnfr(self, arg):
        self.renamed = arg
        if arg in self.server.files:
            self.reply(350, "to which name?")
        else:
            self.reply(550, "no such file")

    def rnto(self, arg):
        if arg in self.server.read_only:
            self.reply(553, "no")
            return
        self.server.files[arg] = self.server.files.pop(self.renamed)
        self.reply(250, "renamed")

    def mdtm(self, arg):
        self.reply(213, self.server.mtime(arg))

    def mfmt(self, arg):
        time, _, name = arg.partition(" ")
        self.server.times[name] = time
        self.reply(213, f"Modify={time}; {name}")

    # --- checksums ----------------------------------------------------------

    def checksum(self, arg, algorithm):
        content = self.server.lies.get(arg, self.content(arg))
        return algorithm(content)

    def hash_(self, arg):
        digest = self.checksum(arg, lambda c: hashlib.sha256(c).hexdigest())
        self.reply(213, f"SHA-256 0-{len(self.content(arg))} {digest} {arg}")

    def xsha256(self, arg):
        self.reply(250, self.checksum(arg, lambda c: hashlib.sha256(c).hexdigest()).upper())

    def xcrc(self, arg):
        self.reply(250, self.checksum(arg, lambda c: f"{zlib.crc32(c):X}"))


class Store(ftpserver.Server):
    """files: path to bytes; what is above them are the directories.

    refused: verbs that are not known; cuts: after how many bytes the next
    transfers break; lies: of which content a checksum is given; listings: what
    is said instead; vague: a directory that is not there is listed as an empty one.
    """

    SESSION = Session

    def __init__(self, netns, behaviours=(), files=None, dirs=(), refused=(), vague=False,
                 **kwargs):
        self.vague = vague
        self.dirs = {""} | set(dirs)
        for path in files or {}:
            while path := posixpath.dirname(path):
                self.dirs.add(path)
        self.refused = set(refused)
        self.cuts, self.lies, self.listings, self.times = [], {}, {}, {}
        self.read_only = set()
        super().__init__(netns, behaviours, files, **kwargs)

    def mtime(self, path):
        return self.times.get(path, "20200102030405")

    def children(self, path):
        for full in sorted(self.dirs | set(self.files)):
            if full and posixpath.dirname(full) == path:
                yield posixpath.basename(full), full
