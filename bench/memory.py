# SPDX-License-Identifier: GPL-2.0-only
"""Into memory what the commands read from the guest's root, which the host serves.

While the guest's processor idles under -icount its clock jumps from timer to
timer; were it to wait for the host, minutes would go by and timeouts end.
"""

import glob
import os
import pwd
import re
import shutil
import subprocess

# Read at start or at login, as far as they exist.
ETC = ["group", "gai.conf", "host.conf", "hosts", "ld.so.cache", "localtime", "nsswitch.conf",
       "passwd", "resolv.conf", "services", "ssl/openssl.cnf", "bash.bashrc", "mtab"]
# Loaded by name while the program runs.
PLUGINS = {"lftp": "/usr/lib/*/lftp/*/*.so"}


def libraries(program):
    out = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"(/\S+) \(0x", out)


def hold(*programs):
    """A new time stamp makes the overlay copy a file up, into its tmpfs."""
    paths = [f"/etc/{name}" for name in ETC]
    for name in programs:
        program = os.path.realpath(shutil.which(name))
        paths += [program, *libraries(program)]
    for path in {os.path.realpath(p) for p in paths}:
        try:
            os.utime(path)
        except FileNotFoundError:
            pass


def root(directory, *programs):
    """A root of its own in tmpfs, with the guest's /tmp, /proc, /sys and /dev.

    What hold() leaves to the host are links, directories and names that are not there. A
    server that forks for each login asks for these with every one of them, while the other
    side's timers run.
    """
    paths = {f"/etc/{name}" for name in ETC}
    for name in programs:
        for program in (shutil.which(name), *glob.glob(PLUGINS.get(name, ""))):
            paths |= {program, *libraries(program)}
    for path in filter(os.path.exists, paths):
        os.makedirs(directory + os.path.dirname(path), exist_ok=True)
        shutil.copy(path, directory + path)
    # Where who logs in begins.
    for user in ("root", "ftp"):
        os.makedirs(directory + pwd.getpwnam(user).pw_dir, exist_ok=True)
    for name in ("tmp", "proc", "sys", "dev"):
        os.makedirs(f"{directory}/{name}")
        # File systems that a row mounts later on are to be seen as well.
        subprocess.run(["mount", "--make-rshared", f"/{name}"], check=True)
        subprocess.run(["mount", "--rbind", f"/{name}", f"{directory}/{name}"], check=True)
    return directory
