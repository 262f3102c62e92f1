"""Who calls, and whether they may. Health checks are for everybody: a probe has no credentials."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager

from google.rpc import status_pb2

from apology_service.calls import CallContext, set_caller
from apology_service.faults import Reason, abort, not_allowed, unauthenticated
from apology_service.fresh import Fresh
from apology_service.interceptors.handlers import Handler, Layer, rebuild, surrounded
from apology_service.tokens import Hashes, owner

_OPEN = "/grpc.health.v1.Health/"
_NAMES = ("peer_spiffe_id", "x509_subject_alternative_name", "x509_common_name")
_BEARER = b"bearer "


class Access(Layer):
    """Turns strangers away before their message is parsed.

    A caller goes by the name of their token, or else of their certificate, or else by their network address.
    """

    def __init__(self, *, allowed_clients: Sequence[str], hashes: Fresh[Hashes] | None) -> None:
        self._allowed = allowed_clients
        self._hashes = hashes

    def wrap(self, handler: Handler, method: str) -> Handler:
        return handler if method.startswith(_OPEN) else rebuild(handler, surrounded(self._known))

    @asynccontextmanager
    async def _known(self, context: CallContext) -> AsyncIterator[None]:
        caller = self._by_certificate(context.auth_context())
        if isinstance(caller, str) and self._hashes is not None:
            caller = _by_token(tuple(context.invocation_metadata() or ()), self._hashes.value)
        if isinstance(caller, status_pb2.Status):
            await abort(context, caller)
        set_caller(name=caller, address=_address(context.peer()))
        yield

    def _by_certificate(self, found: Mapping[str, Iterable[bytes]]) -> str | status_pb2.Status:
        """The name on the certificate that the handshake has verified; empty without one."""
        names = [name.decode(errors="replace") for key in _NAMES for name in found.get(key, ())]
        if not self._allowed:
            return names[0] if names else ""
        return next((name for name in names if any(_matches(name, each) for each in self._allowed)), not_allowed())


def _matches(name: str, allowed: str) -> bool:
    """`spiffe://domain/path/*` allows all below that path."""
    return name.startswith(allowed[:-1]) if allowed.endswith("/*") else name == allowed


def _by_token(metadata: Sequence[tuple[str, str | bytes]], hashes: Hashes) -> str | status_pb2.Status:
    given = list(_bearers(metadata))
    if len(given) != 1:
        return unauthenticated(Reason.MISSING_TOKEN, "the metadata must hold one bearer token, as authorization")
    found = owner(hashes, given[0])
    return unauthenticated(Reason.UNKNOWN_TOKEN, "the bearer token is not known here") if found is None else found


def _bearers(metadata: Sequence[tuple[str, str | bytes]]) -> Iterator[bytes]:
    for key, value in metadata:
        data = value if isinstance(value, bytes) else value.encode(errors="replace")
        if key == "authorization" and data[: len(_BEARER)].lower() == _BEARER:
            yield data[len(_BEARER) :].strip()


def _address(peer: str) -> str:
    """`ipv4:10.0.0.7:41234` without its port: one caller opens many connections."""
    return peer.rpartition(":")[0] if peer.startswith("ip") else peer
