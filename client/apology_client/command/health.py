"""Is a server of our own ready?"""

import socket
from enum import Enum, auto

import grpc

from apology_client.command.place import Place
from apology_client.health import METHOD, SERVING

_SECONDS = 2.0


class State(Enum):
    """What a look at a server finds."""

    SERVING = auto()
    NOT_SERVING = auto()  # nobody listens, or somebody says that it is not ready
    SILENT = auto()  # it takes the call and says nothing


def look(place: Place) -> State:
    return _asked(place.target) if _listening(str(place.socket)) else State.NOT_SERVING


def _listening(path: str) -> bool:
    """Whether anybody accepts. A stale socket refuses at once, where gRPC would try again for seconds."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_SECONDS)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def _asked(target: str) -> State:
    options = [("grpc.use_local_subchannel_pool", 1)]  # a failure here must not make the next channel wait
    with grpc.insecure_channel(target, options) as channel:
        check: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(METHOD)
        try:
            return State.SERVING if check(b"", timeout=_SECONDS) == SERVING else State.NOT_SERVING
        except grpc.RpcError as error:
            late = isinstance(error, grpc.Call) and error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            return State.SILENT if late else State.NOT_SERVING
