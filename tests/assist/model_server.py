"""A real HTTP server that speaks enough of Chat Completions to replay what a test tells it, bad answers too."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOTHING_SEEN: dict[str, list[object]] = {"labels": [], "doubted": [], "components": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer on the wire. `cut` ends the connection after so many bytes of the body; `wait` holds it until it is set."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    wait: threading.Event | None = None


Answering = Callable[["Asked"], Reply]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def use(self) -> str:
        """reading or wording."""
        form = self.body.get("response_format")
        if form:
            return str(form["json_schema"]["name"])
        return "wording" if '"pieces"' in self.words else "reading"

    @property
    def words(self) -> str:
        """What stands in the last turn."""
        return str(self.body["messages"][-1]["content"])

    @property
    def pieces(self) -> list[dict[str, Any]]:
        """The pieces to word, if it asks for that."""
        return list(json.loads(self.words)["pieces"]) if self.use == "wording" else []


@dataclass(slots=True)
class ModelServer:
    """A server that answers each use by what `answers` holds for it, and keeps what it was asked."""

    url: str
    answers: dict[str, deque[Answering] | Answering] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def reading(self, *answers: Answering | dict[str, Any]) -> None:
        """What to answer a second reader: the last one again and again."""
        self.answers["reading"] = deque(_answering(a) for a in answers)

    def wording(self, *answers: Answering | Callable[[dict[str, Any]], str]) -> None:
        """What to answer for words: a whole answer, or a function from a piece to its words."""
        self.answers["wording"] = deque(a if isinstance(a, _Whole) else _Each(a) for a in answers)

    def every(self, answer: Answering) -> None:
        """The same for both uses."""
        self.answers = {"reading": deque([answer]), "wording": deque([answer])}

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        waiting = self.answers.get(asked.use)
        if not waiting:
            return said(NOTHING_SEEN) if asked.use == "reading" else _Each(lambda piece: piece["mended"])(asked)
        assert isinstance(waiting, deque)
        return (waiting.popleft() if len(waiting) > 1 else waiting[0])(asked)


class _Whole:
    """An answer that does not depend on the question."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def __call__(self, _asked: Asked) -> Reply:
        return self._reply


class _Each:
    """Words for each piece by a function."""

    def __init__(self, words: Any) -> None:
        self._words = words

    def __call__(self, asked: Asked) -> Reply:
        return said({"pieces": [{"number": p["number"], "text": self._words(p)} for p in asked.pieces]})


def _answering(answer: Answering | dict[str, Any]) -> Answering:
    return whole(said(answer)) if isinstance(answer, dict) else answer


def whole(reply: Reply) -> Answering:
    """The same reply to everything."""
    return _Whole(reply)


def said(content: object, *, finish: str = "stop", refusal: str | None = None, tokens: int = 100) -> Reply:
    """A completion with these words; what is no text is said as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    usage = {"prompt_tokens": tokens - 1, "completion_tokens": 1, "total_tokens": tokens}
    body = {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "replay",
        "choices": [choice],
        "usage": usage,
    }
    return Reply(body=json.dumps(body).encode())


def failed(status: int, **headers: str) -> Reply:
    """An error that quotes whatever the test says in its body."""
    return Reply(status=status, body=b'{"error": {"message": "SECRET of the endpoint"}}', headers=headers)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Serves on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = served.answer(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if reply.wait is not None:
                reply.wait.wait(60)
            try:
                self._send(reply)
            except OSError:  # the client has gone
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
            if reply.cut is not None:
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """A test's output is no place for an access log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = ModelServer(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
