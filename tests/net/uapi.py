# SPDX-License-Identifier: GPL-2.0-only
"""The numbers of include/uapi/linux/knetctl.h, as attributes of this module
without the prefix KNETCTL_: uapi.A_JOB_ID."""

import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _read():
    with open(os.path.join(TOP, "include/uapi/linux/knetctl.h")) as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    for body in re.findall(r"enum\s*\w*\s*\{(.*?)\}", text, flags=re.S):
        number = -1
        for item in filter(None, (i.strip() for i in body.split(","))):
            name, _, value = (part.strip() for part in item.partition("="))
            if value and not re.fullmatch(r"\d+|0x[0-9a-f]+", value):
                continue
            number = int(value, 0) if value else number + 1
            if name.startswith("KNETCTL_"):
                globals()[name[len("KNETCTL_"):]] = number
    for name, value in re.findall(r"#define\s+KNETCTL_(\w+)\s+(\d+)\s", text):
        globals()[name] = int(value)


_read()
