"""Ends TLS in the name of a host, for runs whose secrets are put in on the wire. HTTP/1.1 is all it offers.

The certificates are made by the worker, see `authority`.
"""

from __future__ import annotations

import os
import ssl

from codex32_server.kit.network.names import BadNameError, canonical_host, is_address
from codex32_server.runtime.proxy.grants import Identity


def server_context(host: str, identity: Identity) -> ssl.SSLContext:
    """For clients that want to speak to this host and to no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    _load(context, identity)

    def judge(_socket: object, name: str | None, _context: object) -> int | None:
        return None if same_host(name, host) else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    context.sni_callback = judge  # pyright: ignore[reportAttributeAccessIssue]
    return context


def client_context(authorities: str | None) -> ssl.SSLContext:
    """Checks hosts' certificates, with the system's authorities or those given as PEM."""
    context = ssl.create_default_context(cadata=authorities)
    context.set_alpn_protocols(["http/1.1"])
    return context


def same_host(name: str | None, host: str) -> bool:
    """Whether a client that names `name` in TLS means `host`. An address is not named in TLS."""
    if name is None:
        return is_address(host)
    try:
        return canonical_host(name) == host
    except BadNameError:
        return False


def _load(context: ssl.SSLContext, identity: Identity) -> None:
    """OpenSSL reads certificates from files only: this one is in memory."""
    descriptor = os.memfd_create("identity", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, (identity.key + identity.chain).encode())
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
