"""Is a server of our own ready?"""

import socket

import grpc

from apology_client.command.place import Place
from apology_client.health import METHOD, SERVING

_SECONDS = 2.0


def serving(place: Place) -> bool:
    return _listening(str(place.socket)) and _healthy(place.target)


def _listening(path: str) -> bool:
    """Whether anybody accepts. A stale socket refuses at once, where gRPC would try again for seconds."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_SECONDS)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def _healthy(target: str) -> bool:
    options = [("grpc.use_local_subchannel_pool", 1)]  # a failure here must not make the next channel wait
    with grpc.insecure_channel(target, options) as channel:
        check: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(METHOD)
        try:
            return bool(check(b"", timeout=_SECONDS) == SERVING)
        except grpc.RpcError:
            return False
