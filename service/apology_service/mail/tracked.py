"""Text that knows where it came from, through every decoding."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Tracked:
    """A text, and for each of its code points the half-open range of the source that it was made from.

    A range is empty where a code point was put in between, such as the line end for a `<br>`.
    """

    text: str
    begins: Sequence[int]
    ends: Sequence[int]

    def __reduce__(self) -> tuple[Callable[..., "Tracked"], tuple[object, ...]]:
        """A pickled list has a byte or more for every number, and takes as long to read as the mail itself."""
        return Tracked, (self.text, _compact(self.begins), _compact(self.ends))

    @classmethod
    def whole(cls, text: str) -> Self:
        """Where source and text are the same."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    @classmethod
    def kept(cls, text: str, places: Sequence[int]) -> Self:
        """What is left of `text` when only the code points at `places` are kept."""
        return cls("".join(text[place] for place in places), places, [place + 1 for place in places])

    def through(self, source: "Tracked") -> "Tracked":
        """The same text, with the ranges that `source` says of the code points that this one was made from."""
        ranges = [source.range(begin, end) for begin, end in zip(self.begins, self.ends, strict=True)]
        return Tracked(self.text, [begin for begin, _ in ranges], [end for _, end in ranges])

    def range(self, begin: int, end: int) -> tuple[int, int]:
        """The range of the source from which the code points `[begin, end)` were made."""
        if begin < end:
            return self.begins[begin], self.ends[end - 1]
        place = self.begins[begin] if begin < len(self.text) else self.ends[-1] if self.text else 0
        return place, place

    def cut(self, begin: int, end: int) -> "Tracked":
        return Tracked(self.text[begin:end], self.begins[begin:end], self.ends[begin:end])


def _compact(places: Sequence[int]) -> Sequence[int]:
    return places if isinstance(places, range) else array("I", places)


def joined(pieces: Iterable[Tracked]) -> Tracked:
    """One after another."""
    text: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    for piece in pieces:
        text.append(piece.text)
        begins.extend(piece.begins)
        ends.extend(piece.ends)
    return Tracked("".join(text), begins, ends)
