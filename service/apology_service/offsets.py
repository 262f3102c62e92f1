"""Turns code points, which the rules count, into the units that a caller counts."""

from collections.abc import Callable
from itertools import accumulate

from apology.v1 import review_pb2 as pb

Offsets = Callable[[int], int]
"""An index into one text in code points, to the same place in the caller's units."""


def offsets(text: str, encoding: pb.OffsetEncoding.ValueType) -> Offsets:
    """The conversion for `text`: one pass over it at most, then a look-up for each offset."""
    if text.isascii() or encoding == pb.OFFSET_ENCODING_UTF32:
        return int
    width = _utf16_units if encoding == pb.OFFSET_ENCODING_UTF16 else _utf8_units
    return [0, *accumulate(map(width, text))].__getitem__


def _utf16_units(character: str) -> int:
    return 1 + (character > "\uffff")


def _utf8_units(character: str) -> int:
    return 1 + (character > "\x7f") + (character > "\u07ff") + (character > "\uffff")
