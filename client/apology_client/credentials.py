"""Whom a client trusts, and what it shows of itself: certificates from files, and a bearer token.

A token is no part of any repr, message or command line: it comes from the environment, from a file, or from your code.
"""

import grpc

from apology_client.errors import reason_of

# What a program takes these from when it leaves them to the environment.
CA_VARIABLE = "APOLOGY_REVIEW_CA"
CERTIFICATE_VARIABLE = "APOLOGY_REVIEW_CLIENT_CERTIFICATE"
KEY_VARIABLE = "APOLOGY_REVIEW_CLIENT_KEY"
TOKEN_VARIABLE = "APOLOGY_REVIEW_TOKEN"
TOKEN_FILE_VARIABLE = "APOLOGY_REVIEW_TOKEN_FILE"
VARIABLES = (CA_VARIABLE, CERTIFICATE_VARIABLE, KEY_VARIABLE, TOKEN_VARIABLE, TOKEN_FILE_VARIABLE)

Metadata = tuple[tuple[str, str], ...]


def tls(*, ca: str = "", certificate: str = "", key: str = "") -> grpc.ChannelCredentials:
    """Credentials for a client, from PEM files; ValueError says which is of no use, and why.

    `ca` holds the authorities that a server's certificate may come from; without it, the public ones that gRPC brings.
    `certificate` and `key` are shown to a server that asks who calls.
    """
    if bool(certificate) != bool(key):
        raise ValueError("a client's certificate and its key are needed together")
    roots = _read(ca) if ca else None
    shown = (_read(key), _read(certificate)) if certificate else (None, None)
    _check(ca, certificate, key)
    return grpc.ssl_channel_credentials(roots, *shown)


def token_from(file: str) -> str:
    """The token that a file holds; ValueError when it cannot be read or holds none."""
    return _checked(_read(file).decode("utf-8-sig", errors="replace").strip(), f"{file} holds no token")


def bearer(token: str) -> Metadata:
    """What a call carries to show `token`; nothing for none."""
    return (("authorization", f"Bearer {_checked(token, 'that is no token')}"),) if token else ()


def from_variables(environment: dict[str, str]) -> tuple[grpc.ChannelCredentials | None, str]:
    """Credentials, if the environment names a file for them, and the token or an empty string."""
    ca, certificate, key, token, file = (environment.get(name, "") for name in VARIABLES)
    if token and file:
        raise ValueError(f"{TOKEN_VARIABLE} and {TOKEN_FILE_VARIABLE} are both set: keep one")
    found = tls(ca=ca, certificate=certificate, key=key) if ca or certificate or key else None
    return found, token_from(file) if file else token


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ValueError(f"cannot read {path}: {reason_of(error)}") from error


def _check(ca: str, certificate: str, key: str) -> None:
    """gRPC would only say, at the first call, that it failed to create a handshaker."""
    import ssl  # not needed by those who talk to their own machine

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if ca:
            context.load_verify_locations(ca)
    except ssl.SSLError as error:
        raise ValueError(f"{ca} holds no certificate in PEM") from error
    try:
        if certificate:
            context.load_cert_chain(certificate, key, password=lambda: b"")
    except (ssl.SSLError, ValueError) as error:
        raise ValueError(f"{certificate} and {key} are no certificate in PEM with its key") from error


def _checked(token: str, complaint: str) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError(f"{complaint}: one word of ASCII characters")
    return token
