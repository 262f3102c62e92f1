"""Ports for the servers that tests start."""

import socket

_handed_out: set[int] = set()


def free_port() -> int:
    """A port of the loopback that nobody listens on. None is handed out twice: until a server takes it, it stays free."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _handed_out:
            _handed_out.add(port)
            return port
