"""What probes and Prometheus ask over plain HTTP, in threads of its own: /metrics, /healthz, /readyz.

/healthz says that the event loop turns, so that an orchestrator ends a server that hangs and no other; /readyz that
calls are welcome. Neither says no for being busy.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from apology_service.addresses import UNIX, AddressError, check_form, listening

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

_TURN_SECONDS = 2.0
_POLL_SECONDS = 0.1


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a connection that broke off or stayed silent: the library prints a traceback."""


class _ThreadsOverIPv6(_Threads):
    address_family = socket.AF_INET6


class _Silent(WSGIRequestHandler):
    timeout = 10  # seconds for a request to arrive

    def log_message(self, *arguments: Any) -> None: ...


def check_address(address: str) -> None:
    """Raises AddressError for one where no HTTP can be spoken."""
    if address.startswith(UNIX):
        raise AddressError(f"cannot listen on {address}: metrics_address is host:port")
    check_form(address)


@contextmanager
def answering(address: str, registry: CollectorRegistry, ready: Callable[[], bool]) -> Iterator[str]:
    """Answers at `address` and tells it; AddressError when it cannot be had."""
    app = _app(make_wsgi_app(registry), ready, asyncio.get_running_loop())
    started: list[_Threads] = []

    def bind(_: str) -> int:
        host, _, port = address.rpartition(":")
        try:
            kind = _ThreadsOverIPv6 if host.startswith("[") else _Threads
            server = make_server(host.strip("[]"), int(port), app, kind, _Silent)
        except OSError as error:
            raise RuntimeError from error
        started.append(server)
        return server.server_port

    check_address(address)
    with listening(address, bind) as bound:
        thread = threading.Thread(target=started[0].serve_forever, args=(_POLL_SECONDS,), name="probes", daemon=True)
        thread.start()
        try:
            yield bound
        finally:
            started[0].shutdown()
            started[0].server_close()
            thread.join()


def _app(metrics: "WSGIApplication", ready: Callable[[], bool], loop: asyncio.AbstractEventLoop) -> "WSGIApplication":
    checks = {"/healthz": lambda: _turns(loop), "/readyz": ready}

    def app(environ: dict[str, Any], start: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return metrics(environ, start)
        check = checks.get(path)
        status = "404 Not Found" if check is None else "200 OK" if check() else "503 Service Unavailable"
        start(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [status.partition(" ")[2].encode() + b"\n"]

    return app


def _turns(loop: asyncio.AbstractEventLoop) -> bool:
    turned = threading.Event()
    try:
        loop.call_soon_threadsafe(turned.set)
    except RuntimeError:  # it is closed
        return False
    return turned.wait(_TURN_SECONDS)
