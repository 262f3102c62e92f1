"""Boilerplate: what mail programs, templates and lawyers put under a message."""

import re

_BOILERPLATE = re.compile(
    r"\b(?:unsubscribe|confidential(?:ity)?|intended recipient|do not reply|don['’]t reply|please do not respond|no-?reply|"
    r"registered (?:office|in)|all rights reserved|you (?:are receiving|received) this|sent from my|privacy policy|"
    r"follow us|view in browser|before printing|produced electronically|computer[- ]generated|©)",
    re.I,
)
_OPENS = re.compile(
    r"\W*(?:this (?:e-?mail|message|communication|transmission)|the (?:information|contents?) (?:in|of) this|"
    r"you(?: a|['’])re receiving|you (?:have )?received|if you (?:are not|have received)|"
    r"please (?:do not|don['’]t) (?:reply|respond)|please consider the environment|confidential(?:ity)?|disclaimer|"
    r"registered|unsubscribe|©|copyright)\b",
    re.I,
)
_SAYS_I = re.compile(r"\b(?:i|we)\b", re.I)
_WORDS, _WIDTH = 22, 300


def is_boilerplate(line: str, *, below: bool = False) -> bool:
    """Whether a line opens like boilerplate, or is short and nobody says it.

    Above a signature only some three hundred characters are taken for it; `below` one it may be of any length.
    """
    if not _BOILERPLATE.search(line):
        return False
    opens = bool(_OPENS.match(line)) and (below or len(line) <= _WIDTH)
    return opens or (len(line.split()) <= _WORDS and not _SAYS_I.search(line))
