"""HTML as a reader sees it: the words, where lines and paragraphs end, and where in the source each character stands.

JustHTML builds the tree that a browser would and says where each node begins; what is written here is the text with its
places, which no HTML-to-text library gives. Hidden elements and what is marked as a quotation are left out.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from justhtml import JustHTML, Node, Text

from apology_service.mail.origin import Piece, ReadDraft, read_draft
from apology_service.mail.quotes import own_words
from apology_service.mail.tracked import Tracked

_UNSEEN = frozenset("head script style template title noscript object iframe svg math select textarea button".split())
_PARAGRAPHS = frozenset("p blockquote ul ol dl table h1 h2 h3 h4 h5 h6 pre figure hr section article".split())
_LINES = frozenset("div li tr dt dd caption address header footer main nav aside center form fieldset body".split())
_CELLS = frozenset({"td", "th"})
_NOUGHT = r"\s*:\s*0(?:\.0+)?[a-z%]*\s*(?:!\s*important\s*)?(?:;|\Z)"
_HIDDEN = re.compile(rf"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity{_NOUGHT}", re.I)
_FONT = frozenset({"font", "font-size"})
_SIZE = re.compile(
    r"(?<![\w.#-])(?:(?P<number>\d*\.?\d+)(?P<relative>%|em|ex|ch)?|(?:(?:xx?-)?(?:small|large)|medium)\b)", re.I
)
_FLAT = re.compile(rf"(?<![\w-])(?:max-)?height{_NOUGHT}", re.I)
_CLIPPED = re.compile(r"(?<![\w-])overflow\s*:\s*(?:hidden|clip)", re.I)  # else what is too high stands below the box
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.I)  # how editors indent a paragraph of the writer's own
# What mail programs name the block that holds another message, and the one that introduces it.
_QUOTING = frozenset(
    "gmail_quote gmail_quote_container gmail_attr yahoo_quoted moz-cite-prefix moz-forward-container protonmail_quote "
    "tutanota_quote zmail_extra OutlookMessageHeader".split()
)
_REST_IS_QUOTED = frozenset("appendonsend divRplyFwdMsg isForwardContent isReplyContent".split())
_SIGNATURES = frozenset("gmail_signature moz-signature protonmail_signature_block Signature signature".split())
_SPACE = frozenset(" \t\n\f")
_REFERENCE = re.compile(r"&(?:#\d+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]{0,31};?)")


def read_html(source: str, subject: str = "") -> ReadDraft:
    """The sender's own words in a draft that is HTML."""
    return read_draft([Piece("", html_words(source), Tracked.whole(source))], None, subject)


def html_words(source: str) -> Tracked:
    """The sender's own words in `source`."""
    return own_words(_text(source))


def _text(source: str) -> Tracked:
    plain = source.replace("\r", " ").replace("\0", " ")  # white space all the same, and no place moves
    tree = JustHTML(plain, track_node_locations=True, sanitize=False)
    writer = _Writer()
    pending: list[tuple[Node | Text, bool, bool]] = [(tree.root, False, True)]
    while pending:  # not by recursion: mails nest as deep as they like
        node, done, sized = pending.pop()
        if isinstance(node, Text):
            for character, begin, end in _placed(node.data or "", plain, node.origin_offset) if sized else ():
                writer.write(character, begin, end)
        elif done:
            writer.close(node.name)
        elif _ends_own_words(node):
            break
        elif _left_out(node):
            writer.edge(node.name)
        else:
            writer.open(node.name, signature=bool(_names(node) & _SIGNATURES))
            pending.append((node, True, sized))
            sized = _sized(node, inherited=sized)
            pending.extend((child, False, sized) for child in reversed(node.children or ()))
    return writer.tracked()


def _names(node: Node) -> set[str]:
    attributes = node.attrs or {}
    return {*(attributes.get("class") or "").split(), attributes.get("id") or ""}


def _left_out(node: Node) -> bool:
    attributes = node.attrs or {}
    style = attributes.get("style") or ""
    if node.name in _UNSEEN or "hidden" in attributes or _HIDDEN.search(style):
        return True
    if _FLAT.search(style) and _CLIPPED.search(style):
        return True
    quoting = node.name == "blockquote" and not _INDENT.search(style)
    return quoting or not _names(node).isdisjoint(_QUOTING)


def _sized(node: Node, *, inherited: bool) -> bool:
    """Whether text in `node` is larger than nothing.

    Templates set the size to nought around a table, against gaps, and give its cells one of their own.
    """
    sized = inherited
    for declaration in ((node.attrs or {}).get("style") or "").split(";"):
        name, _, value = declaration.partition(":")
        if name.strip().lower() in _FONT and (size := _SIZE.search(value)):
            sized = float(size["number"] or 1) > 0 and (inherited or not size["relative"])
    return sized


def _ends_own_words(node: Node) -> bool:
    return not _names(node).isdisjoint(_REST_IS_QUOTED)


def _placed(data: str, source: str, offset: int | None) -> Iterator[tuple[str, int, int]]:
    """The characters of a text node with their places, found again by walking along the source."""
    place, index = offset or 0, 0
    while index < len(data):
        here = source[place : place + 1]
        reference = _REFERENCE.match(source, place) if here == "&" else None
        value = html.unescape(reference.group()) if reference else ""
        if reference and value != reference.group() and data.startswith(value, index):
            yield from ((character, place, reference.end()) for character in value)
            place, index = reference.end(), index + len(value)
        elif here == "<" and not source.startswith(data[index : index + 2], place):
            # A tag that is none here stands within the text, or the rest of one that never ends.
            after = source.find(">", place) + 1
            place = after or max(source.find(data[index : index + 2], place), place + 1)
        elif here != data[index] and (found := source.find(data[index : index + 2], place)) > place:
            place = found  # what looked like the text was a comment that closed at once
        else:
            yield data[index], min(place, len(source)), min(place + 1, len(source))
            place, index = place + 1, index + 1


@dataclass(slots=True)
class _Writer:
    """Lays the characters out in lines and paragraphs, with white space collapsed as browsers do."""

    _text: list[str] = field(default_factory=list)
    _begins: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _breaks: int = 0  # line ends to come before the next character
    _space: tuple[int, int] | None = None  # where the white space was that comes before the next character
    _verbatim: int = 0  # how many <pre> are open
    _lead: str = ""  # what comes before the next character of a list item or a signature

    def open(self, name: str, *, signature: bool) -> None:
        self.edge(name)
        self._verbatim += name == "pre"
        if name == "br":
            self._break(min(2, self._breaks + 1))
        elif name == "li":
            self._lead = "- "
        if signature:
            self._break(1)
            self._lead = "-- \n"

    def close(self, name: str) -> None:
        self._verbatim -= name == "pre"
        self.edge(name)
        if name in _CELLS and self._text:
            self._space = self._space or (self._ends[-1], self._ends[-1])

    def write(self, character: str, begin: int, end: int) -> None:
        if self._verbatim and character == "\n":
            self._break(min(2, self._breaks + 1))
        elif character in _SPACE and not self._verbatim:
            self._space = self._space or (begin, end)
        else:
            self._catch_up(begin)
            self._put(character, begin, end)

    def tracked(self) -> Tracked:
        return Tracked("".join(self._text), self._begins, self._ends)

    def edge(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self._break(2)
        elif name in _LINES:
            self._break(1)

    def _break(self, lines: int) -> None:
        self._breaks, self._space = max(self._breaks, lines), None

    def _catch_up(self, place: int) -> None:
        """Puts what is due before the next character: line ends, or a space, or the mark of an item."""
        if self._breaks and self._text:
            for _ in range(self._breaks):
                self._put("\n", place, place)
        elif self._space and self._text:
            self._put(" ", *self._space)
        for character in self._lead:
            self._put(character, place, place)
        self._breaks, self._space, self._lead = 0, None, ""

    def _put(self, character: str, begin: int, end: int) -> None:
        self._text.append(character)
        self._begins.append(begin)
        self._ends.append(end)
