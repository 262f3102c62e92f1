"""Who signs: lines that are a name, a role or a unit, in the many ways that people end a message.

The lines are looked at before anything is parsed, so what tells a signature from a short sentence is its form: names with
capitals, what follows them behind a comma, the words of roles and units, and that nobody does anything in it.
"""

import re

from apology_rules.reading import lexicon

STANDING = frozenset(
    "director chief president chair chairman chairwoman chairperson head ceo cto coo cfo mayor minister principal "
    "dean partner founder co-founder owner co-owner officer manager vice-chancellor superintendent commissioner governor "
    "secretary consultant professor editor".split()
)
"""The roles of those who can change things."""

_ROLES = STANDING | frozenset(
    "agent assistant coach coordinator curator engineer host lead librarian librarians maintainer moderator mods organiser "
    "organisers organizer organizers supervisor teacher treasurer trustee trustees volunteers warden".split()
)
_UNITS = lexicon.OWN_UNITS - frozenset("side end people".split()) | frozenset(
    "accounts admin billing care community complaints department directors division family friends gang helpdesk folks "
    "household management network operations payments relations security services".split()
)
_GLUE = frozenset("of the and & for at on de van von to in x xx xxx your from".split())
_SPEAKING = (
    lexicon.FIRST_PRONOUNS
    | lexicon.SECOND_PRONOUNS
    | frozenset(
        "he she they them him it it's this that these those there here is are was were be been am will would can could may "
        "might shall should must do does did has have had not if when because so but or as than please sorry thanks thank "
        "let's never won't can't don't isn't".split()
    )
) - {"our", "my", "your"}
"""Words that a sentence has and a signature has not."""

_NO_NAMES = frozenset(
    "sorry apologies thanks thank cheers love best yes no ok okay well monday tuesday wednesday thursday friday saturday "
    "sunday today tomorrow tonight january february march april june july august september october november december "
    "also and but or so then again first second third finally however meanwhile instead still now same next all".split()
)
"""What begins a line before a comma and names nobody."""

_NAME_WORD = r"[^\W\d_a-zß-öø-ÿ][\w'’.-]*"
_NAMED = re.compile(
    rf"[-–—~*]*\s*(?P<first>{_NAME_WORD})(?:\s+(?:{_NAME_WORD}|of|de|der|den|del|du|la|le|al|bin|van|von|and|&|\(\w+\))){{0,5}}"
    r"(?:\s*[,|/·•–—@(]|\s+-|\s+(?:from|for|at)\s)\s*(?P<rest>\S.*)"
)
_BARE = re.compile(r"\s*[A-Z][\w'’.-]*(?:[ \t]+[A-Z][\w'’.-]*){0,2}(?:(?:,|[ \t]+(?:and|&|\()).*|[ \t]+x{1,3})?\s*")
_CAPITAL_WORDS, _WORDS, _UNIT_WORDS = 7, 10, 8
_ENDS = ".?!:;…"
_SHORTENED = re.compile(r"\b(?:Sec|Treas|Hon|Jr|Sr|Esq|Ltd|Inc|Co|Dept|Ph\.?D|M\.?D|M\.?A|B\.?Sc|R\.?N)\.\s*$")
"""What ends a line with a stop and no sentence: "Hon. Sec.", "Rao & Co."."""


_FAREWELL = re.compile(
    r"\s*(?:(?:with |very |our |my )*(?:kind(?:est)?|best|warm(?:est)?|many|sincere(?:st)?|deepest|humble)?\s*"
    r"(?:(?:regards|wishes)(?: (?:from|for|to)\b[^.!?]{0,30})?|apologies(?!\s*[.!])|respects?)|"
    r"yours(?: (?:very )?(?:sincerely|faithfully|truly|ever|respectfully|in \w+))?|"
    r"(?:most )?(?:sincerely|respectfully|faithfully|gratefully|truly)(?: yours)?|best|cheers|ciao|take care|warmly|cordially|"
    r"all (?:the best|my love|best)|(?:with |lots of |much |all my )?love(?: always| you| from\b[^.!?]{0,30})?|"
    r"in (?:sympathy|peace|solidarity|service)|speak soon|talk soon|x{1,5}o?|"
    r"(?P<for>signed(?:-off-by|(?: by)?):?|(?:for and )?on behalf of)|"
    r"(?P<thanks>ta|thanks(?: again| so much| in advance)?|thank you(?: again)?|many thanks))"
    r"(?![\w'’]|\s*:)\s*[,.!\-–—]*\s*(?P<who>.*)",
    re.I | re.S,
)


def bids_farewell(line: str) -> bool:
    """Whether the line closes a message: "Kind regards,", "Thanks, Jo", "Yours sincerely, Jo Smith, head porter"."""
    farewell = _FAREWELL.match(line)
    if farewell is None:
        return False
    who = farewell["who"] if farewell["thanks"] else farewell["who"].rstrip(" .")
    if len(who.split()) <= 1 and not farewell["for"]:
        return who[-1:] not in _ENDS or not who
    return "for" not in who.split() and signs(who)


def names_somebody(line: str) -> bool:
    """Whether the line begins with a name, alone or with more about who that is."""
    return bool(_BARE.fullmatch(line))


def signs(line: str) -> bool:
    """Whether the line looks like a signature, or a part of one: "Jo", "Jo Smith, head porter", "The night crew"."""
    words = line.split()
    if not 0 < len(words) <= _WORDS or (line.rstrip()[-1] in _ENDS and not _SHORTENED.search(line)):
        return False
    if len(words) <= _CAPITAL_WORDS and _all_capitals(words):
        return True
    return not _SPEAKING & set(_plain(words)) and (_says_who(line) or _is_a_unit(words))


def speaks(line: str) -> bool:
    """Whether the line has words that only sentences have, and ends like one."""
    return line.rstrip()[-1:] in _ENDS and bool(_SPEAKING & set(_plain(line.split())))


def _plain(words: list[str]) -> list[str]:
    return [word.strip("\"'()[],.|–—-~*").lower().replace("’", "'") for word in words]


def _all_capitals(words: list[str]) -> bool:
    names = [w for w in words if w[0].isupper() or not w[0].isalpha() or w.lower() in _GLUE]
    return len(names) == len(words) or (len(words) <= 2 and words[-1].strip("x") == "")


def _says_who(line: str) -> bool:
    """ "Jo Smith, head porter", "Jo Smith | ext. 12", "Jo from the night shift"."""
    named = _NAMED.fullmatch(line.strip())
    return named is not None and named["first"].strip(".'’-").lower() not in _NO_NAMES


def _is_a_unit(words: list[str]) -> bool:
    """ "The management", "Your friends at Ursa", "local organiser": a role or a unit, and hardly another word."""
    plain = _plain(words)
    if len(words) > _UNIT_WORDS or not set(plain) & (_ROLES | _UNITS):
        return False
    others = [w for w, word in zip(words, plain, strict=True) if word not in _ROLES | _UNITS | _GLUE | {"our"}]
    return sum(w[0].islower() for w in others) <= 1
