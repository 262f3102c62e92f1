"""Authorities and certificates for the tests of TLS."""

import datetime
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """PEM files, as an operator has them."""

    certificate: str
    key: str


class Authority:
    """Issues certificates into a folder; its own is the file `ca`."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        own = self._builder(self._name, self._key, days=1).add_extension(
            x509.BasicConstraints(True, None), critical=True
        )
        self.ca = self.write(f"{name}.pem", _pem(own.sign(self._key, hashes.SHA256())))

    def issue(
        self,
        file: str,
        *names: str,
        common_name: str = "nobody",
        days: int = 1,
        begins: datetime.datetime | None = None,
    ) -> Issued:
        """`days` it is good for, from today; a negative number says how many it has been good for.

        `begins` is when it is good from, if not since yesterday.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
        builder = self._builder(subject, key, days=days, begins=begins)
        builder = builder.add_extension(x509.SubjectAlternativeName(map(_alternative, names)), critical=False)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signed = builder.sign(self._key, hashes.SHA256())
        return Issued(self.write(f"{file}.pem", _pem(signed)), self.write(f"{file}.key", secret))

    def write(self, name: str, content: bytes) -> str:
        """Under another inode each time, as it is with those who replace certificates."""
        new = self._folder / f"{name}.new"
        new.write_bytes(content)
        return str(new.rename(self._folder / name))

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        days: int,
        begins: datetime.datetime | None = None,
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=begins or now - _DAY + min(days, 0) * _DAY,
            not_valid_after=now + days * _DAY,
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _alternative(name: str) -> x509.GeneralName:
    if "://" in name:
        return x509.UniformResourceIdentifier(name)
    return x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
