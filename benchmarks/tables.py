"""Tables as plain text or Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A heading, the heads of the columns, and the rows; the first column is words, the others figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def plain(self) -> str:
        widths = [max(len(cell) for cell in column) for column in zip(self.heads, *self.rows, strict=True)]
        lines = [_aligned(cells, widths) for cells in (self.heads, *self.rows)]
        return "\n".join([self.title, *(f"  {line}".rstrip() for line in lines)])

    def markdown(self) -> str:
        rule = ["---", *("--:" for _ in self.heads[1:])]
        return "\n".join(
            [f"**{self.title}**", "", *(f"|{'|'.join(cells)}|" for cells in (self.heads, rule, *self.rows))]
        )


def figure(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])
