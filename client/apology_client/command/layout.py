"""Text on a terminal: how wide it is, where it may break, and marks under its words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_JOINER = "\u200d"
_WIDE_SELECTOR = "\ufe0f"  # asks for the colourful, wide form of the character before it
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands together on the screen: code points `[begin, end)` of the draft, as shown, `width` columns wide."""

    begin: int
    end: int
    shown: str
    width: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Words `[begin, end)` of the draft to be underlined, and the label behind the line."""

    begin: int
    end: int
    label: str


def cells(text: str, start: int = 0) -> list[Cell]:
    """`text`, which begins at code point `start` of the draft, cell by cell; nothing in it can steer the terminal."""
    found: list[Cell] = []
    for position, character in enumerate(text, start=start):
        shown, width = _shown(character)
        if found and _joins(found[-1], character):
            last = found.pop()
            width = 2 if character == _WIDE_SELECTOR else last.width
            found.append(Cell(last.begin, position + 1, last.shown + shown, width))
        else:
            found.append(Cell(position, position + 1, shown, width))
    return found


def width(text: str) -> int:
    return sum(cell.width for cell in cells(text))


def clean(text: str) -> str:
    """`text` without anything that could steer the terminal."""
    return "".join(_shown(character)[0] for character in text)


def _shown(character: str) -> tuple[str, int]:
    code = ord(character)
    if character == "\t":
        return "    ", 4
    if code < 0x20:
        return chr(0x2400 + code), 1  # a picture of it: an escape sequence in a draft must not reach the terminal
    if 0x7F <= code < 0xA0 or _BIDI.match(character) or 0xD800 <= code < 0xE000 or character in "\u2028\u2029":
        return "\N{REPLACEMENT CHARACTER}", 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _joins(last: Cell, character: str) -> bool:
    skin = 0x1F3FB <= ord(character) <= 0x1F3FF
    return last.shown.endswith(_JOINER) or skin or _shown(character)[1] == 0


def wrap(line: list[Cell], columns: int) -> Iterator[list[Cell]]:
    """Rows of at most `columns`, broken after spaces where there are any."""
    while line:
        fit = _fitting(line, columns)
        if fit < len(line):
            spaces = [at for at in range(fit, 0, -1) if line[at - 1].shown == " " or line[at].shown == " "]
            fit = spaces[0] if spaces else fit
        yield line[:fit]
        line = line[fit:]
        while line and line[0].shown == " ":
            line = line[1:]


def _fitting(line: list[Cell], columns: int) -> int:
    used = 0
    for count, cell in enumerate(line):
        used += cell.width
        if used > columns:
            return max(count, 1)
    return len(line)


def fill(text: str, columns: int, *, first: str = "", rest: str = "") -> list[str]:
    """`text` in lines of at most `columns`, indented by `first` and `rest`."""
    room = max(columns - max(width(first), width(rest)), 10)
    rows = [_text(row) for part in text.splitlines() or [""] for row in wrap(cells(part), room)] or [""]
    return [(rest if number else first) + row for number, row in enumerate(rows)]


def _text(row: Iterable[Cell]) -> str:
    return "".join(cell.shown for cell in row).rstrip()


def underlines(row: list[Cell], marks: Iterable[Mark]) -> list[str]:
    """Lines to print under a row: a line of carets and a label for each mark that touches it, as few as can be."""
    lines: list[str] = []
    for mark in marks:
        left, right = _columns(row, mark)
        if right <= left:
            continue
        ends_here = mark.end <= row[-1].end
        drawn = "^" * (right - left) + (mark.label if ends_here else "")
        line = next((number for number, line in enumerate(lines) if len(line) < left or not line), len(lines))
        if line == len(lines):
            lines.append("")
        lines[line] = lines[line].ljust(left) + drawn
    return lines


def _columns(row: list[Cell], mark: Mark) -> tuple[int, int]:
    """The columns that a mark covers in a row, spaces at its ends left out."""
    column, left, right = 0, None, 0
    for cell in row:
        if cell.begin < mark.end and mark.begin < cell.end and (left is not None or cell.shown != " "):
            left = column if left is None else left
            right = column + cell.width if cell.shown != " " else right
        column += cell.width
    return (left or 0), (right if left is not None else 0)
