"""What both clients are made from: where to, for how long, with what credentials."""

import os
from typing import Self

import grpc

from apology_client import channel
from apology_client.catalogue import Limits
from apology_client.errors import ServerUnavailableError


class ClientBase:
    """The settings of a client; the two APIs add how to call."""

    def __init__(
        self, target: str, *, timeout: float = 5.0, credentials: grpc.ChannelCredentials | None = None
    ) -> None:
        """Bound each operation by `timeout` seconds, retries included. `credentials` switch TLS on.

        `target` is `HOST:PORT`, the path of a Unix socket, or any target that gRPC knows.
        """
        self._target, self._timeout, self._credentials = channel.resolve(target), timeout, credentials
        self._limits: Limits | None = None

    @classmethod
    def from_env(cls, *, timeout: float = 5.0, credentials: grpc.ChannelCredentials | None = None) -> Self:
        """A client of the server that the environment variable `APOLOGY_REVIEW_SERVER` names."""
        target = os.environ.get(channel.SERVER_VARIABLE, "")
        if not target:
            raise ServerUnavailableError(
                f"{channel.SERVER_VARIABLE} names no server: set it to HOST:PORT or unix:/PATH"
            )
        return cls(target, timeout=timeout, credentials=credentials)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._target}>"
