"""JSON lines on stderr. Own lines tell chosen fields; of foreign ones only where they came from.

Whatever another package logs may quote a draft (asyncio prints the exceptions of lost tasks, gRPC those of handlers),
so neither its message nor any traceback is written.
"""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from opentelemetry import trace

from apology_service.incidents import anatomy

_OWN = "apology_service"
_log = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event, and the record's `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        own = record.name.split(".")[0] == _OWN
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage() if own else f"{record.module}:{record.lineno}",
        }
        line |= getattr(record, "fields", {})
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line |= {"trace_id": trace.format_trace_id(span.trace_id), "span_id": trace.format_span_id(span.span_id)}
        if record.exc_info and record.exc_info[1] is not None:
            line |= anatomy(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def configure(level: str) -> None:
    """Sends every log line, and whatever would print a traceback, through the formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(_OWN).setLevel(level)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def lost_error(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """For `loop.set_exception_handler`: the default one prints the exception."""
    error = context.get("exception")
    _log.error("error in the event loop", extra={"fields": anatomy(error) if error else {}})


def _uncaught(kind: type[BaseException], error: BaseException | None, _traceback: TracebackType | None) -> None:
    _log.critical("uncaught error", extra={"fields": anatomy(error) if error else {"error": kind.__qualname__}})
