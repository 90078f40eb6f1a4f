# SPDX-License-Identifier: GPL-2.0-only
"""The kernel module: load it, remove it, turn its parameters."""

import contextlib
import os
import subprocess

PARAMETERS = "/sys/module/knetctl/parameters/"


def is_loaded():
    return os.path.exists("/sys/module/knetctl")


def load(**parameters):
    if not is_loaded():
        subprocess.run(["insmod", os.environ["KNETCTL_KO"],
                        *(f"{k}={v}" for k, v in parameters.items())], check=True)


def unload(limit=10):
    if is_loaded():
        subprocess.run(["rmmod", "knetctl"], check=True, timeout=limit)


def unload_other(name):
    """Remove a module of the kernel's own, unless it is built in."""
    if os.path.exists(f"/sys/module/{name}/initstate"):
        subprocess.run(["rmmod", name], check=True)


@contextlib.contextmanager
def parameter(name, value):
    """A parameter with another value for a while."""
    with open(PARAMETERS + name, "r+") as f:
        before = f.read().strip()
        f.write(str(value))
    try:
        yield
    finally:
        with open(PARAMETERS + name, "w") as f:
            f.write(before)


def tracefs():
    """Where the kernel's tracing is; by way of debugfs newer kernels complain."""
    where = "/sys/kernel/tracing"
    if not os.path.ismount(where):
        subprocess.run(["mount", "-t", "tracefs", "tracefs", where], check=True)
    return where
