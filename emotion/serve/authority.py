"""A small certificate authority: one key that people trust once, and certificates that it signs for this machine.

Whoever holds such a key could pretend to be any site towards those who trust it. Ours therefore names the only hosts
that it may sign for (name constraints, RFC 5280 section 4.2.1.10): this machine's names, its addresses, and addresses
that exist in private networks only, so that a new one from the router needs no new authority.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 365
"""Apple's systems take at most 825 days from an authority that a person added, and 398 from others."""
EARLY = datetime.timedelta(days=1)
"""Valid from yesterday: a laptop's clock may be behind."""

# RFC 1918, RFC 3927, RFC 6598, RFC 4193: used by everybody, reachable from nowhere else.
PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "::1/128",
)

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority of our own."""

    certificate: x509.Certificate
    key: Key

    @classmethod
    def make(cls, names: Iterable[str], now: datetime.datetime, *, title: str) -> Self:
        """A new one that may sign for ``names`` only. ``title`` is what systems show in their list of authorities."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title[:64])])
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            _begun(subject, subject, key, now, AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def read(cls, certificate: Path, key: Path) -> Self:
        """The one in these files. Raises OSError, ValueError."""
        found = serialization.load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(found, Key):
            raise ValueError("not a key of ours")
        return cls(x509.load_pem_x509_certificate(certificate.read_bytes()), found)

    def may_sign(self, names: Iterable[str], now: datetime.datetime) -> bool:
        """Whether all of ``names`` are among those it is for, and it lives longer than what it would sign."""
        if self.certificate.not_valid_after_utc < now + datetime.timedelta(days=CERTIFICATE_DAYS):
            return False
        constraints = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        permitted = constraints.permitted_subtrees or []
        return all(any(_covers(tree, _general(name)) for tree in permitted) for name in names)

    def sign(self, names: Iterable[str], now: datetime.datetime) -> tuple[x509.Certificate, Key]:
        """A certificate for a server of these names and addresses, and its key."""
        wanted = list(names)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted[0][:64])])
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            _begun(subject, self.certificate.subject, key, now, CERTIFICATE_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(map(_general, wanted)), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer_key, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate, key

    def signed(self, certificate: x509.Certificate) -> bool:
        """Whether ``certificate`` is one of its own."""
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True


def names_in(certificate: x509.Certificate) -> set[str]:
    """The names and addresses that a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))}


def write(path: Path, *certificates: x509.Certificate, key: Key | None = None) -> None:
    """PEM; with a key, for its owner's eyes only from the first moment."""
    content = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)
    if key is not None:
        unencrypted = serialization.NoEncryption()
        content += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if key else 0o644), "wb") as file:
        file.write(content)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _general(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _permitted(names: Iterable[str]) -> list[x509.GeneralName]:
    trees: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(network)) for network in PRIVATE]
    for name in ("localhost", *names):
        match _general(name):
            case x509.IPAddress(value=address) as alone:
                if not any(_covers(tree, alone) for tree in trees):
                    trees.append(x509.IPAddress(ipaddress.ip_network(str(address))))
            case dns:
                trees.append(dns)
    return trees


def _covers(tree: x509.GeneralName, name: x509.GeneralName) -> bool:
    match tree, name:
        case x509.IPAddress(value=network), x509.IPAddress(value=address):
            return isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network) and address in network
        case x509.DNSName(value=suffix), x509.DNSName(value=host):
            return host == suffix or host.endswith(f".{suffix}")
    return False
