# SPDX-License-Identifier: GPL-2.0-only
"""pyftpdlib as a server of its own: pyftpd.py USER PASSWORD DIRECTORY ADDRESS..."""

import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)

# pylint: disable=wrong-import-position
from pyftpdlib.authorizers import DummyAuthorizer  # noqa: E402
from pyftpdlib.handlers import FTPHandler  # noqa: E402
from pyftpdlib.ioloop import IOLoop  # noqa: E402
from pyftpdlib.servers import FTPServer  # noqa: E402


def main(user, password, directory, *addresses):
    authorizer = DummyAuthorizer()
    authorizer.add_user(user, password, directory, perm="elradfmwMT")
    FTPHandler.authorizer = authorizer
    loop = IOLoop()
    for address in addresses:
        FTPServer((address, 21), FTPHandler, ioloop=loop)
    loop.loop()


main(*sys.argv[1:])
