"""An initiator of MIT's GSS-API library over SPNEGO, by ctypes: no binding to install.

Arguments: host-based service name, mechanisms to offer in their order (comma-separated OIDs). Writes each token in
base64 on a line of its own, reads the acceptor's answer the same way, and ends with `complete FLAGS` or `failed REASON`.
"""
import base64
import ctypes
import sys

gss = ctypes.CDLL("libgssapi_krb5.so.2")


class Oid(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint32), ("elements", ctypes.c_char_p)]


class OidSet(ctypes.Structure):
    _fields_ = [("count", ctypes.c_size_t), ("elements", ctypes.POINTER(Oid))]


class Octets(ctypes.Structure):
    _fields_ = [("length", ctypes.c_size_t), ("value", ctypes.c_void_p)]


def oid(dotted):
    arcs = [int(arc) for arc in dotted.split(".")]
    octets = [arcs[0] * 40 + arcs[1]]
    for arc in arcs[2:]:
        parts = [arc & 127]
        while arc := arc >> 7:
            parts.insert(0, 128 | (arc & 127))
        octets += parts
    return Oid(len(octets), bytes(octets))


def oid_set(*oids):
    return OidSet(len(oids), (Oid * len(oids))(*oids))


def octets(data):
    kept = ctypes.create_string_buffer(data, len(data))
    return Octets(len(data), ctypes.cast(kept, ctypes.c_void_p)), kept


def reason(status, minor):
    texts = []
    for code, kind in ((status, 1), (minor, 2)):
        text, more = Octets(), ctypes.c_uint32(0)
        gss.gss_display_status(ctypes.byref(ctypes.c_uint32()), ctypes.c_uint32(code), kind, None, ctypes.byref(more), ctypes.byref(text))
        texts.append(ctypes.string_at(text.value, text.length).decode())
    return "; ".join(texts)


def require(status, minor):
    if status & 0xFFFF0000:
        print("failed", reason(status, minor.value), flush=True)
        sys.exit(1)
    return status


SPNEGO = oid("1.3.6.1.5.5.2")
HOSTBASED = oid("1.2.840.113554.1.2.1.4")
MUTUAL, REPLAY, SEQUENCE = 2, 4, 8

minor = ctypes.c_uint32()
name, cred, context = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
text, kept = octets(sys.argv[1].encode())
require(gss.gss_import_name(ctypes.byref(minor), ctypes.byref(text), ctypes.byref(HOSTBASED), ctypes.byref(name)), minor)
spnego_only = oid_set(SPNEGO)
require(gss.gss_acquire_cred(ctypes.byref(minor), None, 0, ctypes.byref(spnego_only), 1, ctypes.byref(cred), None, None), minor)
offered = oid_set(*[oid(dotted) for dotted in sys.argv[2].split(",")])
require(gss.gss_set_neg_mechs(ctypes.byref(minor), cred, ctypes.byref(offered)), minor)

received = None
while True:
    answer, flags = Octets(), ctypes.c_uint32()
    status = require(
        gss.gss_init_sec_context(
            ctypes.byref(minor), cred, ctypes.byref(context), name, ctypes.byref(SPNEGO), MUTUAL | REPLAY | SEQUENCE, 0,
            None, ctypes.byref(received) if received else None, None, ctypes.byref(answer), ctypes.byref(flags), None,
        ),
        minor,
    )
    if answer.length:
        print(base64.b64encode(ctypes.string_at(answer.value, answer.length)).decode(), flush=True)
    if status == 0:
        print("complete", hex(flags.value), flush=True)
        break
    received, kept = octets(base64.b64decode(sys.stdin.readline()))
