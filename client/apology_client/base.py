"""What both clients are made from: where to, for how long, with what credentials."""

import os
from numbers import Real
from typing import Self

import grpc

from apology_client import channel
from apology_client import credentials as access
from apology_client.catalogue import Limits
from apology_client.errors import ServerUnavailableError

_LONGEST = 1_000_000_000  # seconds, some thirty years; with seven times as many gRPC's clock overflows, and time is up


class ClientBase:
    """The settings of a client; the two APIs add how to call."""

    def __init__(
        self,
        target: str,
        *,
        timeout: float = 5.0,
        credentials: grpc.ChannelCredentials | None = None,
        token: str = "",
    ) -> None:
        """Bound each operation by `timeout` seconds, retries included: more than 0, and no more than a billion.

        There is no call without a deadline: infinity is refused with a ValueError, here and wherever a `timeout` is given.
        `target` is `HOST:PORT`, the path of a Unix socket, or any target that gRPC knows. `https://HOST:PORT`, or
        `credentials` (see `tls`), switch TLS on; `token` is shown with each call, and never over plain text to another
        machine.
        """
        self._target, self._timeout = channel.resolve(target), _checked(timeout)
        self._credentials = credentials or (access.tls() if target.startswith(channel.TLS) else None)
        self._metadata = self._shown(token)
        self._limits: Limits | None = None

    @classmethod
    def from_env(cls, *, timeout: float = 5.0) -> Self:
        """A client of the server that the environment variable `APOLOGY_REVIEW_SERVER` names.

        `APOLOGY_REVIEW_CA`, `_CLIENT_CERTIFICATE` and `_CLIENT_KEY` name PEM files and switch TLS on;
        `APOLOGY_REVIEW_TOKEN`, or a file that `APOLOGY_REVIEW_TOKEN_FILE` names, holds the token.
        """
        target = os.environ.get(channel.SERVER_VARIABLE, "")
        if not target:
            raise ServerUnavailableError(
                f"{channel.SERVER_VARIABLE} names no server: set it to HOST:PORT, https://HOST:PORT or unix:/PATH"
            )
        credentials, token = access.from_variables(dict(os.environ))
        return cls(target, timeout=timeout, credentials=credentials, token=token)

    def _seconds(self, timeout: float | None) -> float:
        """How long an operation may take; TypeError or ValueError for what is no such time."""
        return self._timeout if timeout is None else _checked(timeout)

    def _shown(self, token: str) -> access.Metadata:
        """What a call carries to show `token`; ValueError when it would travel in the open."""
        if token and not self._credentials and not channel.is_local(self._target):
            raise ValueError("a token travels to another machine only over TLS: write https://HOST:PORT")
        return access.bearer(token)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._target}>"


def _checked(timeout: float) -> float:
    """gRPC would take what is beyond these bounds for a deadline that has passed, or fail deep inside."""
    if isinstance(timeout, bool) or not isinstance(timeout, Real):
        raise TypeError(f"timeout is a number of seconds, not {type(timeout).__name__}")
    if not 0 < timeout <= _LONGEST:
        raise ValueError(f"timeout is {timeout}: it must be more than 0 seconds and no more than {_LONGEST}")
    return float(timeout)
