# SPDX-License-Identifier: GPL-2.0-only
"""pyftpdlib as a server of its own: pyftpd.py USER PASSWORD DIRECTORY ADDRESS...

A process for each client: in one loop for all, the end of a data connection in
active mode makes it deaf to another client now and then, whoever that is.
"""

import os
import sys
import warnings

# TLS is of no use here, and slow to import.
sys.modules["OpenSSL"] = None
warnings.simplefilter("ignore", DeprecationWarning)

# pylint: disable=wrong-import-position
from pyftpdlib.authorizers import DummyAuthorizer  # noqa: E402
from pyftpdlib.handlers import FTPHandler  # noqa: E402
from pyftpdlib.servers import MultiprocessFTPServer  # noqa: E402


def main(user, password, directory, *addresses):
    FTPHandler.authorizer = DummyAuthorizer()
    FTPHandler.authorizer.add_user(user, password, directory, perm="elradfmwMT")
    address, *others = addresses
    while others and os.fork():
        address, *others = others
    MultiprocessFTPServer((address, 21), FTPHandler).serve_forever()


main(*sys.argv[1:])
