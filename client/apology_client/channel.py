"""How a client reaches a server: the target, the service config, the options of the channel."""

import json
import re

from apology_client.version import __version__

SERVICE = "apology.v1.ApologyReviewService"
SERVER_VARIABLE = "APOLOGY_REVIEW_SERVER"

TLS = "https://"
_TLS_PORT = 443
_SCHEMES = ("dns:", "unix:", "unix-abstract:", "ipv4:", "ipv6:", "xds:", "vsock:")
_LOOPBACK = re.compile(r"dns:///(localhost|127\.\d+\.\d+\.\d+|\[::1\]):\d+$")
_LOCAL = ("unix:", "unix-abstract:", "vsock:")
_HOST = re.compile(r"\[[0-9a-fA-F:.%]+\]|[^\s:/]+")
_HOST_AND_PORT = re.compile(r"(\[[0-9a-fA-F:.%]+\]|[^\s:/]+):\d{1,5}$")

# Every call is free of side effects, so that a repeat is safe. The tokens let about fifty failures in a row be retried:
# enough to ride out a restart, and an end to it when the server is truly gone.
_SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.5},
    "methodConfig": [
        {
            "name": [{"service": SERVICE}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.05s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
            },
        }
    ],
}


def resolve(target: str) -> str:
    """`localhost:50051`, `https://review.example.org`, `/run/apology.sock`, or any target that gRPC knows."""
    if not isinstance(target, str):
        raise TypeError(f"the target of a client is a str, not {type(target).__name__}")
    if target.startswith(_SCHEMES):
        return target
    if target.startswith("/"):
        return f"unix:{target}"
    host = target.removeprefix(TLS).removesuffix("/") if target.startswith(TLS) else target
    if host != target and _HOST.fullmatch(host):
        host = f"{host}:{_TLS_PORT}"
    if _HOST_AND_PORT.fullmatch(host) and int(host.rpartition(":")[2]) <= 0xFFFF:
        return f"dns:///{host}"
    raise ValueError(f"{target!r} is no address of a server: give HOST:PORT, https://HOST:PORT or unix:/PATH")


def is_local(target: str) -> bool:
    """Whether what is sent to this resolved target stays on the machine."""
    return target.startswith(_LOCAL) or bool(_LOOPBACK.match(target))


def options(target: str) -> list[tuple[str, str | int]]:
    proxy = [("grpc.enable_http_proxy", 0)] if _LOOPBACK.match(target) else []
    local = target.startswith("unix:")  # trying again costs nothing there
    return [
        ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
        ("grpc.keepalive_time_ms", 60_000),  # servers send away who asks more often than every 30 s
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 250 if local else 5_000),
        ("grpc.max_receive_message_length", 64 << 20),  # a batch of reviews, each with a rewrite
        ("grpc.primary_user_agent", f"apology-review/{__version__}"),
        *proxy,
    ]
