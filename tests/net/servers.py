# SPDX-License-Identifier: GPL-2.0-only
"""The FTP servers that Debian has, each in the server's namespace, with a user
who may read and write one directory. tests/vm/servers gets those that cannot be
installed beside vsftpd."""

import os
import signal
import socket
import subprocess

from vsftpd import PASSWORD, Vsftpd, add_user
from wait import until
from world import SERVER4, SERVER6

HERE = os.path.dirname(os.path.abspath(__file__))
UNPACKED = os.path.join(HERE, "..", "..", "build", "servers")

PROFTPD = """\
ServerName knetctl
ServerType standalone
DefaultServer on
DefaultAddress {four} {six}
Port 21
UseIPv6 on
ModulePath {unpacked}/usr/lib/proftpd
PidFile {directory}/pid
ScoreboardFile {directory}/scoreboard
DelayEngine off
UseReverseDNS off
WtmpLog off
TransferLog none
SystemLog {directory}/system
AuthPAM off
AuthOrder mod_auth_unix.c
RequireValidShell off
DefaultRoot {root}
AllowOverwrite on
AllowStoreRestart on
AllowRetrieveRestart on
User nobody
Group nogroup
"""


def unpacked(name):
    path = os.path.realpath(os.path.join(UNPACKED, name))
    assert os.path.exists(path), f"{name} is not there: tests/vm/servers gets it"
    return path


def libraries():
    """What the unpacked servers need and this machine may not have."""
    return {"LD_LIBRARY_PATH": unpacked("usr/lib/x86_64-linux-gnu")}


def set_home(user, home):
    """The guest's own /etc/passwd."""
    with open("/etc/passwd") as f:
        lines = [line.rstrip("\n").split(":") for line in f]
    for fields in lines:
        if fields[0] == user:
            fields[5] = home
    with open("/etc/passwd", "w") as f:
        f.writelines(":".join(fields) + "\n" for fields in lines)


class Server:
    """Processes that serve `root` on port 21 of both addresses."""

    name = version = None
    lacks = {}		# what it does not offer: {command: its answer}

    def __init__(self, netns, directory):
        self.netns = netns
        self.directory = directory
        self.root = os.path.join(directory, "root")
        os.makedirs(self.root)
        self.user = "at" + self.name.replace("-", "")
        add_user(self.user, PASSWORD)
        set_home(self.user, self.root)
        os.chmod(directory, 0o755)
        os.chmod(self.root, 0o777)
        self.log = open(os.path.join(directory, "log"), "w+b")
        self.processes = []
        self.begin()
        until(self.serves, self.name)

    def begin(self):
        raise NotImplementedError

    def start(self, *args, **env):
        self.processes.append(subprocess.Popen(
            self.netns.command(*args), stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True, cwd=self.root, env=os.environ | env))

    def serves(self):
        """Does it greet, on both addresses?"""
        for process in self.processes:
            if process.poll() is not None:
                self.log.seek(0)
                raise AssertionError(f"{self.name} ended: {self.log.read()}")
        return all(self.ask(host).startswith("220") for host in (SERVER4, SERVER6))

    def ask(self, host, *commands):
        """Its last line, after these commands."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with self.netns.socket(family, socket.SOCK_STREAM) as s:
            s.settimeout(10)
            if s.connect_ex((host, 21)):
                return ""
            with s.makefile("rb") as lines:
                line = self.reply(lines)
                for command in commands:
                    s.sendall(command.encode() + b"\r\n")
                    line = self.reply(lines)
        return line

    @staticmethod
    def reply(lines):
        line = lines.readline().decode()
        while line[3:4] == "-" or not line[:3].isdigit():
            if not line:
                break
            line = lines.readline().decode()
        return line

    def login(self):
        return f"USER {self.user}", f"PASS {PASSWORD}"

    def url(self, host, path=""):
        return f"ftp://{self.user}:{PASSWORD}@{host}/{path}"

    def path(self, name=""):
        return os.path.join(self.root, name)

    def close(self):
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.log.close()


def output(*args, **env):
    got = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         check=False, env=os.environ | env)
    return got.stdout.strip()


class VsftpdServer(Server):
    name = "vsftpd"

    def begin(self):
        with open("/etc/pam.d/knetctl", "w") as f:
            f.write("auth required pam_unix.so nodelay\naccount required pam_permit.so\n"
                    "session required pam_permit.so\n")
        config = Vsftpd.config(self.root, self.directory, write_enable="YES",
                               anonymous_enable="NO")
        self.version = output("dpkg-query", "-W", "-f", "${Version}", "vsftpd")
        self.start("vsftpd", config)


class Proftpd(Server):
    name = "ProFTPD"

    def begin(self):
        config = os.path.join(self.directory, "conf")
        with open(config, "w") as f:
            f.write(PROFTPD.format(unpacked=os.path.realpath(UNPACKED), root=self.root,
                                   directory=self.directory, four=SERVER4, six=SERVER6))
        binary = unpacked("usr/sbin/proftpd")
        self.version = output(binary, "-v", **libraries()).split()[-1]
        self.start(binary, "-n", "-q", "-c", config, **libraries())


class PureFtpd(Server):
    name = "Pure-FTPd"

    def begin(self):
        binary = unpacked("usr/sbin/pure-ftpd")
        self.version = output(binary, "--help", **libraries()).split()[1].removeprefix("v")
        self.start(binary, "-A", "-E", "-H", "-l", "unix", "-u", "1", "-C", "100",
                   "-g", os.path.join(self.directory, "pid"), **libraries())


class Pyftpdlib(Server):
    name = "pyftpdlib"

    def begin(self):
        python = "/usr/bin/python3"
        self.version = output(python, "-c", "import pyftpdlib; print(pyftpdlib.__ver__)")
        self.start(python, os.path.join(HERE, "pyftpd.py"), self.user, PASSWORD, self.root,
                   SERVER4, SERVER6)


class Busybox(Server):
    name = "BusyBox"
    lacks = {"EPRT": "5"}

    def begin(self):
        binary = unpacked("bin/busybox")
        self.version = output(binary).split()[1].removeprefix("v")
        for host in (SERVER4, SERVER6):
            self.start(binary, "tcpsvd", host, "21", binary, "ftpd", "-w", self.root)


SERVERS = {c.name: c for c in (VsftpdServer, Proftpd, PureFtpd, Pyftpdlib, Busybox)}
