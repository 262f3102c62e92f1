"""The command `apology-review-server`."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial

from apology_service import assist, logs
from apology_service.settings import PREFIX, Settings, SettingsError, describe, load_settings

_EPILOG = f"""\
Every setting can also stand in a TOML file (--config) or in the environment, as
{PREFIX}NAME. The command line wins over the environment, the environment
over the file. --check-config shows every setting and its value.

Stop it with SIGTERM or Ctrl-C: the calls under way are finished first (on SIGTERM
new ones are still taken for lame_duck_seconds, but for a Unix socket). A second signal ends it at once.
Exit status: 0 after a stop, 2 when it cannot start.
"""
_FLAGS: dict[str, tuple[str, Callable[[str], object], str]] = {
    "--address": ("ADDRESS", str, "host:port (port 0: any free one), or unix:/path; default 127.0.0.1:50051"),
    "--pipeline": ("NAME", str, "an installed spaCy pipeline other than the usual one"),
    "--idle-exit": ("SECONDS", float, "leave after so many seconds without a call"),
    "--log-level": ("LEVEL", str.upper, "DEBUG, INFO, WARNING or ERROR; default INFO"),
}
_SETTINGS = {"idle_exit": "idle_exit_seconds"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    given = vars(_parser().parse_args(arguments))
    config, check = given.pop("config"), given.pop("check_config")
    flags = {_SETTINGS.get(name, name): value for name, value in given.items() if value is not None}
    try:
        settings = load_settings(config=config, flags=flags)
        assist.check(settings.assist)
    except SettingsError as error:
        return _refuse(str(error))
    if check:
        print(describe(settings))
        return 0
    return _serve(settings)


def _serve(settings: Settings) -> int:
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # gRPC reads it when imported; its own lines would break the JSON
    logs.configure(settings.log_level)
    from apology_rules import DEFAULT_PIPELINE, PipelineNotFoundError, Reviewer
    from apology_service.addresses import AddressError
    from apology_service.analysis import ThreadAnalyst
    from apology_service.process import run

    load = partial(
        Reviewer,
        settings.pipeline or DEFAULT_PIPELINE,
        max_characters=settings.limits.max_draft_characters,
        trained_reader=settings.trained_reader,
    )
    try:
        asyncio.run(run(settings, ThreadAnalyst(load), assist.load(settings.assist)))
    except (AddressError, PipelineNotFoundError, SettingsError) as error:
        return _refuse(str(error))
    logging.shutdown()
    os._exit(0)  # a review that outlived its grace would hold up an ordinary exit


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="apology-review-server",
        description="Reviews draft apologies over gRPC (apology.v1.ApologyReviewService).",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--config", metavar="FILE", help=f"settings in TOML; default ${PREFIX}CONFIG")
    parser.add_argument("--check-config", action="store_true", help="check the settings, show them, and leave")
    for flag, (metavar, kind, about) in _FLAGS.items():
        parser.add_argument(flag, metavar=metavar, type=kind, help=about)
    return parser


def _refuse(why: str) -> int:
    print(f"apology-review-server: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
