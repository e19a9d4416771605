"""An initiator of python3-gssapi (MIT's library) over SPNEGO.

Arguments: host-based service name, options as JSON: mechanisms (OIDs in their order), mutual (bool), bindings (hex of the
application data of the channel bindings; null for none). Writes each token in base64 on a line of its own, reads the
acceptor's answer the same way, and ends with `complete FLAGS` or `failed REASON`.
"""
import base64
import json
import sys

import gssapi
import gssapi.raw as raw

SPNEGO = raw.OID.from_int_seq("1.3.6.1.5.5.2")

options = json.loads(sys.argv[2])
flags = [raw.RequirementFlag.replay_detection, raw.RequirementFlag.out_of_sequence_detection, raw.RequirementFlag.integrity]
if options["mutual"]:
    flags.append(raw.RequirementFlag.mutual_authentication)
bindings = options.get("bindings")
channel = raw.ChannelBindings(application_data=bytes.fromhex(bindings)) if bindings else None

try:
    credentials = gssapi.Credentials(usage="initiate", mechs=[SPNEGO])
    raw.set_neg_mechs(credentials, [raw.OID.from_int_seq(oid) for oid in options["mechanisms"]])
    context = gssapi.SecurityContext(
        name=gssapi.Name(sys.argv[1], gssapi.NameType.hostbased_service),
        creds=credentials,
        mech=SPNEGO,
        flags=flags,
        channel_bindings=channel,
        usage="initiate",
    )
    received = None
    while not context.complete:
        token = context.step(received)
        if token:
            print(base64.b64encode(token).decode(), flush=True)
        if context.complete:
            break
        received = base64.b64decode(sys.stdin.readline())
    print("complete", hex(int(context.actual_flags)), flush=True)
except raw.GSSError as error:
    print("failed", str(error).replace("\n", " "), flush=True)
