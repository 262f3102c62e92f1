"""The command `apology-review-server`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from apology_service import assist
from apology_service.addresses import AddressError, check_form
from apology_service.exposure import missing_guards
from apology_service.settings import PREFIX, Settings, SettingsError, describe, load_settings

if TYPE_CHECKING:
    from apology_rules import Reviewer

_EPILOG = f"""\
Every setting can also stand in a TOML file (--config) or in the environment, as
{PREFIX}NAME. The command line wins over the environment, the environment
over the file. --check-config shows every setting and its value, or says
why a server could not start with them; only whether it could listen there is
not tried.

An address that other machines can reach needs TLS and authentication ([security]), or --insecure. Certificates and
tokens are read anew when their files change.

Stop it with SIGTERM or Ctrl-C: the calls under way are finished first (on SIGTERM
new ones are still taken for lame_duck_seconds, but for a Unix socket). A second signal ends it at once.
Exit status: 0 after a stop, 2 when it cannot start.
"""
_FLAGS: dict[str, tuple[str, Callable[[str], object], str]] = {
    "--address": ("ADDRESS", str, "host:port (port 0: any free one), or unix:/path; default 127.0.0.1:50051"),
    "--pipeline": ("NAME", str, "an installed spaCy pipeline other than the usual one"),
    "--workers": ("N", int, "processes that review, by default one for each core; 0: a thread of the server"),
    "--idle-exit": ("SECONDS", float, "leave after so many seconds without a call"),
    "--log-level": ("LEVEL", str.upper, "DEBUG, INFO, WARNING or ERROR; default INFO"),
}
# What the extra [service] brings, by the names of modules; the thin client is installed without it. A pipeline that lacks
# is told where it is loaded: there may be another.
_SERVICE = (
    *("cryptography", "grpc_health", "grpc_reflection", "justhtml", "msgspec", "numpy", "onnxruntime", "opentelemetry"),
    *("prometheus_client", "py3langid", "quotequail", "spacy", "textstat"),
)
_SETTINGS = {"idle_exit": "idle_exit_seconds"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    if missing := [name for name in _SERVICE if find_spec(name) is None]:
        return _refuse(
            f"the extra [service] is not installed here, only the client ({', '.join(missing)} missing): "
            f"{sys.executable} -m pip install 'apology-review[service]', or '.[service]' in a checkout"
        )
    given = vars(_parser().parse_args(arguments))
    config, check, name = given.pop("config"), given.pop("check_config"), given.pop("new_token")
    flags = {_SETTINGS.get(name, name): value for name, value in given.items() if value is not None}
    try:
        settings = load_settings(config=config, flags=flags)
        assist.check(settings.assist)
        if name is not None:
            return _new_token(name, settings)
        check_form(settings.address)  # this and the next before anything large is loaded
        missing_guards(settings)
    except (AddressError, SettingsError) as error:
        return _refuse(str(error))
    return _check(settings) if check else _serve(settings)


def _check(settings: Settings) -> int:
    from apology_service.process import StartError, check

    try:
        check(settings, _loader(settings))
        assist.load(settings.assist)
    except (AddressError, SettingsError, StartError) as error:
        return _refuse(str(error))
    print(describe(settings))
    return 0


def _serve(settings: Settings) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):  # until `run` hears them: nothing is open yet that needs an end
        signal.signal(number, lambda *_: os._exit(0))
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # gRPC reads it when imported; its own lines would break the JSON
    from apology_service import logs

    logs.configure(settings.log_level)
    from apology_service.analysis import Analyst, ThreadAnalyst
    from apology_service.process import StartError, run
    from apology_service.workers.pool import WorkerAnalyst

    load = _loader(settings)
    analyst: Analyst = ThreadAnalyst(load)
    if settings.workers:
        analyst = WorkerAnalyst(load, workers=settings.workers, drafts_per_worker=settings.worker_drafts)
    try:
        asyncio.run(run(settings, analyst, assist.load(settings.assist)))
    except (AddressError, SettingsError, StartError) as error:
        return _refuse(str(error))
    logging.shutdown()
    os._exit(0)  # a review that outlived its grace would hold up an ordinary exit


def _loader(settings: Settings) -> "Callable[[], Reviewer]":
    from apology_rules import DEFAULT_PIPELINE, Reviewer

    return partial(
        Reviewer,
        settings.pipeline or DEFAULT_PIPELINE,
        max_characters=settings.limits.max_draft_characters,
        trained_reader=settings.trained_reader,
        cache_characters=settings.cache_characters,
        cache_seconds=settings.cache_seconds,
    )


def _new_token(name: str, settings: Settings) -> int:
    """The token goes to standard output, once; what is kept of it goes to the file, or to standard error."""
    from apology_service import tokens

    token, line = tokens.new_token(name)
    if path := settings.security.token_hashes:
        tokens.append(path, line)
        print(f"# Its hash stands in {path} now; the token itself is shown only here:", file=sys.stderr)
    else:
        print(f"# This line belongs into the file that token_hashes names:\n{line}\n# The token:", file=sys.stderr)
    print(token)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="apology-review-server",
        description="Reviews draft apologies over gRPC (apology.v1.ApologyReviewService).",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s, version {version('apology-review')}")
    parser.add_argument("--config", metavar="FILE", help=f"settings in TOML; default ${PREFIX}CONFIG")
    parser.add_argument("--check-config", action="store_true", help="check the settings, show them, and leave")
    parser.add_argument("--new-token", metavar="NAME", help="make a bearer token for a caller of that name, and leave")
    parser.add_argument(
        "--insecure",
        action="store_true",
        default=None,
        help="let other machines in without TLS or without authentication",
    )
    for flag, (metavar, kind, about) in _FLAGS.items():
        parser.add_argument(flag, metavar=metavar, type=kind, help=about)
    return parser


def _refuse(why: str) -> int:
    print(f"apology-review-server: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
