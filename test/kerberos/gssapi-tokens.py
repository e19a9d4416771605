"""Tokens of python3-gssapi (MIT's library), one a line in base64, each with an authenticator of its own, until nobody reads.

Argument: host-based service name. All are of the ticket in the cache, or of the one that the first of them fetches.
"""
import base64
import os
import sys

import gssapi

name = gssapi.Name(sys.argv[1], gssapi.NameType.hostbased_service)
try:
    while True:
        token = gssapi.SecurityContext(name=name, usage="initiate").step()
        print(base64.b64encode(token).decode(), flush=True)
except BrokenPipeError:
    # Python would complain of it once more at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
