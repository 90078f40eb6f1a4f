# SPDX-License-Identifier: GPL-2.0-only
"""Debian's vsftpd in the server's namespace, with a password user and anonymous."""

import os
import pwd
import subprocess

from wait import until
from world import SERVER4, SERVER6

USER, PASSWORD = "user", "secret"
# Every character that a URL, a shell or a .netrc has its own opinion of
ODD_USER, ODD_PASSWORD = "odd", "p@ss:w/o%r #d?\"'\\&;=+é"

CONFIG = """\
listen=NO
listen_ipv6=YES
background=NO
anonymous_enable=YES
no_anon_password=NO
local_enable=YES
local_root={root}
anon_root={root}
write_enable=NO
connect_from_port_20=YES
pasv_min_port=40000
pasv_max_port=49999
pam_service_name=knetctl
secure_chroot_dir={empty}
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
xferlog_enable=NO
dual_log_enable=NO
log_ftp_protocol=NO
setproctitle_enable=NO
delay_failed_login=0
max_login_fails=1
"""


def add_user(name, password):
    """The guest's own /etc: it is gone with the guest."""
    try:
        pwd.getpwnam(name)
        return
    except KeyError:
        pass
    number = 2000 + len(name)
    with open("/etc/passwd", "a") as f:
        f.write(f"{name}:x:{number}:{number}::/:/bin/sh\n")
    with open("/etc/shadow", "a") as f:
        f.write(f"{name}:!:19000::::::\n")
    subprocess.run(["chpasswd", "--crypt-method", "MD5"], input=f"{name}:{password}\n", text=True,
                   check=True)


class Vsftpd:
    """Serves the directory `root`; its control port is 21."""

    @staticmethod
    def config(root, directory, **options):
        """Write a configuration, with some of the options changed; its path."""
        empty = os.path.join(directory, "empty")
        os.makedirs(empty)
        lines = dict(line.split("=", 1) for line in CONFIG.splitlines()) | options
        path = os.path.join(directory, "vsftpd.conf")
        with open(path, "w") as f:
            f.writelines(f"{key}={value}\n".format(root=root, empty=empty)
                         for key, value in lines.items())
        return path

    def __init__(self, netns, directory):
        self.root = os.path.join(directory, "root")
        os.makedirs(self.root)
        os.chmod(directory, 0o755)
        add_user(USER, PASSWORD)
        add_user(ODD_USER, ODD_PASSWORD)
        # Only the password counts: no shell, no cracklib, no session.
        with open("/etc/pam.d/knetctl", "w") as f:
            f.write("auth required pam_unix.so nodelay\naccount required pam_permit.so\n"
                    "session required pam_permit.so\n")
        config = self.config(self.root, directory)
        self.log = open(os.path.join(directory, "log"), "w+b")
        self.process = subprocess.Popen(netns.command("vsftpd", config), stdin=self.log,
                                        stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        until(lambda: self.check() and netns.connects(SERVER4, 21)
              and netns.connects(SERVER6, 21), "vsftpd")

    def check(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise AssertionError(f"vsftpd ended: {self.log.read()}")
        return True

    def path(self, name):
        return os.path.join(self.root, name)

    def file(self, name, content):
        """Serve a file with this content."""
        with open(self.path(name), "wb") as f:
            f.write(content)
        return self.path(name)

    def close(self):
        # Its children are of its session.
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()
