"""TLS: the server's certificate, and the authorities that callers' certificates must come from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import grpc
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from apology_service.fresh import Fresh, read
from apology_service.settings import Security, SettingsError

_MINUTE = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What handshakes are made with, until `expires`."""

    configuration: grpc.ServerCertificateConfiguration
    expires: datetime


def certificate_of(security: Security) -> Fresh[Certificate] | None:
    """The certificate that the settings name, read anew when it changes; SettingsError when it is of no use."""
    if not security.tls_certificate:
        for setting in ("tls_key", "tls_client_ca"):
            if getattr(security, setting):
                raise SettingsError(f"{setting} needs tls_certificate")
        if security.allowed_clients:
            raise SettingsError("allowed_clients needs tls_client_ca: only certificates bear such names")
        return None
    if not security.tls_key:
        raise SettingsError("tls_certificate needs tls_key")
    if security.allowed_clients and not security.tls_client_ca:
        raise SettingsError("allowed_clients needs tls_client_ca: only certificates bear such names")
    for name in security.allowed_clients:
        if "*" in name.removesuffix("/*"):
            raise SettingsError(
                f"allowed_clients: {name!r} would let nobody in: a star stands only behind the last slash, as in"
                " spiffe://example.org/mail/*"
            )
    paths = [path for path in (security.tls_certificate, security.tls_key, security.tls_client_ca) if path]
    return Fresh(paths, lambda: _load(security))


def server_credentials(certificate: Fresh[Certificate], *, ask_callers: bool) -> grpc.ServerCredentials:
    """Credentials that look for a newer certificate at every handshake; connections that stand are not touched."""
    fetch: Callable[[], grpc.ServerCertificateConfiguration] = lambda: certificate.value.configuration  # noqa: E731
    return grpc.dynamic_ssl_server_credentials(fetch(), fetch, require_client_authentication=ask_callers)


def _load(security: Security) -> Certificate:
    chain, key = read(security.tls_certificate, "tls_certificate"), read(security.tls_key, "tls_key")
    first = _certificates(chain, security.tls_certificate, "tls_certificate")[0]
    try:
        private = load_pem_private_key(key, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"tls_key: {security.tls_key} holds no private key without a password in PEM") from error
    if private.public_key() != first.public_key():
        raise SettingsError(f"tls_key: {security.tls_key} is not the key of {security.tls_certificate}")
    now, begins, expires = datetime.now(UTC), first.not_valid_before_utc, first.not_valid_after_utc
    if expires <= now:
        raise SettingsError(f"tls_certificate: {security.tls_certificate} has expired on {expires:{_MINUTE}}")
    if begins > now:
        raise SettingsError(f"tls_certificate: {security.tls_certificate} is not valid before {begins:{_MINUTE}}")
    authorities = None
    if security.tls_client_ca:
        authorities = read(security.tls_client_ca, "tls_client_ca")
        _certificates(authorities, security.tls_client_ca, "tls_client_ca")
    configuration = grpc.ssl_server_certificate_configuration([(key, chain)], authorities)
    return Certificate(configuration, expires)


def _certificates(data: bytes, path: str, setting: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise SettingsError(f"{setting}: {path} holds no certificate in PEM") from error
