"""Options of a command under headings, in the order in which they are declared."""

from itertools import groupby
from typing import Any

import click

_FIRST = "Options"


class Option(click.Option):
    """An option that stands under the heading `section`."""

    def __init__(self, *arguments: Any, section: str = _FIRST, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.section = section


class Command(click.Command):
    """A command whose help shows its options in sections; what belongs to none stands in the first."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        options.sort(key=lambda option: _section(option) != _FIRST)  # --help, which click puts last, belongs there
        for section, members in groupby(options, key=_section):
            with formatter.section(section):
                formatter.write_dl([record for option in members if (record := option.get_help_record(ctx))])


def _section(option: click.Option) -> str:
    return option.section if isinstance(option, Option) else _FIRST
