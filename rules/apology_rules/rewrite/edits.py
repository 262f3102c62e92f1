"""Edits: what is replaced by what in one text, and how a cut closes the gap that it leaves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

_BLANK = " \t\u00a0"
_LINE_END = "\r\n"


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Code points `[begin, end)` of a text, and what stands there instead."""

    begin: int
    end: int
    new: str = ""

    @property
    def cuts(self) -> bool:
        """Whether it only takes words out."""
        return not self.new

    @property
    def inserts(self) -> bool:
        """Whether it takes nothing out."""
        return self.begin == self.end


def applied(text: str, edits: Iterable[Edit]) -> str:
    """`text` with edits that are sorted and do not overlap."""
    parts, position = [], 0
    for edit in edits:
        parts += [text[position : edit.begin], edit.new]
        position = edit.end
    return "".join([*parts, text[position:]])


def sentence_cut(text: str, begin: int, end: int) -> Edit:
    """Takes whole sentences out, and one of the two gaps around them: the space, or the line ends of an emptied paragraph."""
    left, right = begin, end
    while left and text[left - 1] in _BLANK:
        left -= 1
    while right < len(text) and text[right] in _BLANK:
        right += 1
    line = max(text.rfind(end_, 0, left) for end_ in _LINE_END) + 1
    marker = _MARKER.fullmatch(text, line, begin)
    starts_line = left == line or marker is not None
    ends_line = right == len(text) or text[right] in _LINE_END
    if starts_line and ends_line:
        left = line  # the mark of a list goes with its point
    else:
        return Edit(left, end) if ends_line else Edit(begin, right)
    before, after = left, right
    while before and text[before - 1] in _BLANK + _LINE_END:
        before -= 1
    while after < len(text) and text[after] in _BLANK + _LINE_END:
        after += 1
    if after == len(text) or text[before:left].count("\n") < text[right:after].count("\n"):
        return Edit(before, right)
    return Edit(left, after)


_MARKER = re.compile(r"\s*(?:\(?(?:\d{1,2}|[A-Za-z]|[ivxIVX]{2,4})[.)]|[-*\u2022\u2013])\s*")


def torn(text: str, edits: Iterable[Edit]) -> bool:
    """Whether a word, a line or the punctuation is torn where the edits meet the rest: ",.", a bare "and" before a stop."""
    edits = tuple(edits)
    new, shift = applied(text, edits), 0
    for edit in edits:
        if edit.cuts and (_inside_word(text, edit.begin) or _inside_word(text, edit.end) or _joins_lines(text, edit)):
            return True
        gone = text[edit.begin : edit.end]
        if gone.count("(") != gone.count(")") and "(" not in edit.new and ")" not in edit.new:
            return True
        if edit.cuts and _NOR.match(text, edit.end):
            return True  # what it joins on to has gone
        if edit.cuts and _BREAKS_OFF.search(gone) and _GOES_ON.search(text[max(0, edit.begin - _AROUND) : edit.begin]):
            return True  # two clauses would run into one
        begin = edit.begin + shift
        end = begin + len(edit.new)
        shift += len(edit.new) - (edit.end - edit.begin)
        for place in {begin, end}:
            around = new[max(0, place - _AROUND) : place + _AROUND]
            before = text[max(0, edit.begin - _AROUND) : edit.end + _AROUND]
            if any(m.group() not in before for m in _TORN.finditer(around)):
                return True
    return False


_BREAKS_OFF = re.compile(r"^(?:but|and|so|though|although)\b.*[,;]\s*$", re.I | re.S)
_GOES_ON = re.compile(r"\w\s$")
"""Words joined by "but" up to a comma, behind a word and no mark: "I'd say sorry [but such things happen, ]you know me"."""


def _joins_lines(text: str, cut: Edit) -> bool:
    """Whether words of two lines would stand side by side."""
    around = text[max(0, cut.begin - 1) : cut.begin] + text[cut.end : cut.end + 1]
    return "\n" in text[cut.begin : cut.end] and len(around.strip()) == len(around) == _BOTH


def _inside_word(text: str, place: int) -> bool:
    """Whether a word, "pre-approved" included, goes on across the place."""
    return (
        0 < place < len(text) and _WORD.fullmatch(text[place - 1 : place + 1] + text[place + 1 : place + 2]) is not None
    )


_WORD = re.compile(r"\w\w.?|\w-\w|-\w.?", re.S)
_NOR = re.compile(r"[\s,]*nor\b", re.I)
_BOTH = 2
_AROUND = 6
_TORN = re.compile(
    r"[,;:][ \t]*[,;.!?](?!\w)|(?<!\.)\.[ \t]*\.(?!\.)|[ \t][,.;!?](?=\s|$)|\b(?:and|but|or),?[ \t]*[.!?]", re.I
)


def overlap(edits: Iterable[Edit], others: Iterable[Edit]) -> bool:
    """Whether two sets of edits touch the same words; two insertions in one place do not, and two cuts become one."""
    others = tuple(others)
    return any(
        (a.begin < b.end and b.begin < a.end and not (a.cuts and b.cuts))
        or ((a.inserts or b.inserts) and a.begin < b.begin == a.end == b.end != a.end)
        for a in edits
        for b in others
    )


def composed(text: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Sorted edits that do not touch: cuts with nothing but space between them become one, and so do neighbours."""
    merged: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.begin, e.end)):
        last = merged[-1] if merged else None
        if last is None:
            merged.append(edit)
        elif last.cuts and edit.cuts and not text[last.end : edit.begin].strip():
            whole = text[last.begin : max(last.end, edit.end)]
            begin = last.begin + len(whole) - len(whole.lstrip())
            joined = _joined_cut(text, last, edit, begin, begin + len(whole.strip()))
            merged[-1] = replace(joined, begin=max(joined.begin, merged[-2].end)) if len(merged) > 1 else joined
        elif edit.begin <= last.end:
            merged[-1] = _filled(text, last, edit)
        else:
            merged.append(edit)
    return tuple(merged)


def _joined_cut(text: str, last: Edit, edit: Edit, begin: int, end: int) -> Edit:
    """One cut for two that meet; where they leave nothing of a sentence but its stop, that goes as well."""
    opens = text[:begin].rstrip(_BLANK)[-1:] in {"", *".!?\u2026", *_LINE_END}
    if opens and text[end : end + 1] in {*".!?"}:
        end += 1
    whole_sentences = opens and text[end - 1] in '.!?\u2026")\u201d'
    return sentence_cut(text, begin, end) if whole_sentences else Edit(last.begin, max(last.end, edit.end))


def _filled(text: str, last: Edit, edit: Edit) -> Edit:
    """An insertion at the edge of a cut stands in its place; an emptied paragraph is not emptied then.

    The stop that it brings for words without one is not needed where these go, or where another has brought it.
    """
    begin, end = min(last.begin, edit.begin), max(last.end, edit.end)
    before = (last.new or text[: last.begin]).rstrip()[-1:]
    new = last.new + (edit.new.removeprefix(".") if before in {"", *".!?\u2026"} else edit.new)
    if last.cuts != edit.cuts and new.strip():
        gone = text[begin:end]
        tail = len(gone) - len(gone.rstrip())
        lead = len(gone) - len(gone.lstrip()) if new.lstrip()[0].isalnum() or new.lstrip()[0] == "[" else 0
        if lead or tail:
            apart = lead or text[begin - 1 : begin].isspace()
            return Edit(begin + lead, end - tail, new.strip() if apart or not begin else new.rstrip())
    return Edit(begin, end, new)
