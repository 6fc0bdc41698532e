"""A certificate authority for one run, and the bundle with which the run's libraries trust it.

Made by the worker, before the sandbox starts. The authority's key is forgotten at once; the keys of the
hosts' certificates go to the proxy and nowhere else. Source: RFC 5280.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from codex32_server.runtime.proxy.grants import Identity

_EARLIER, _LIFE = timedelta(hours=1), timedelta(days=397)
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)  # fmt: skip
_LONGEST_COMMON_NAME = 64


def trusted_authorities(extra: Path | None) -> str:
    """PEM of what this machine trusts, and of the administrator's file. Raises OSError."""
    system = ssl.get_default_verify_paths().cafile
    found = next(
        (path for path in (system, *_SYSTEM_BUNDLES) if path and Path(path).is_file()), certifi.where()
    )
    return Path(found).read_text() + ("\n" + extra.read_text() if extra else "")


def identities(hosts: Iterable[str]) -> tuple[str, Mapping[str, Identity]]:
    """A fresh authority's certificate (PEM), and what the proxy needs to stand for each host."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Codex-32 egress of one run")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = _builder(name, name, key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs=True), critical=True)
    builder = builder.add_extension(identifier, critical=False)
    authority = builder.sign(key, hashes.SHA256())
    made = {host: _identity(host, name, key, identifier) for host in dict.fromkeys(hosts)}
    return _pem(authority), made


def _identity(
    host: str,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    identifier: x509.SubjectKeyIdentifier,
) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:_LONGEST_COMMON_NAME])])
    builder = _builder(subject, issuer, key.public_key())
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName([x509.DNSName(host)]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
    ):
        builder = builder.add_extension(extension, critical)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Identity(_pem(certificate), secret.decode())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _LIFE)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
