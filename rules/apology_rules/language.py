"""Is the draft in English? The judgement of py3langid, with a guard for texts too short or too odd for it."""

import re

import py3langid

LANGUAGES = ("en",)
"""BCP 47 tags of the languages that are reviewed."""

_ENGLISH_RELATIVES = frozenset({"pcm", "sco", "en"})  # Nigerian Pidgin and Scots drafts are read as English
_FUNCTION_WORDS = frozenset(
    "i you we they it the a an and or but to of for in on at is are was were be been have has had do did not this "
    "that my your our their me us so if with from as by will would can could should what when who im ive its dont "
    "sorry".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENOUGH_ENGLISH = 0.25  # a quarter of the words of English prose and more are such function words


def detect(text: str) -> str:
    """The language of `text` as a BCP 47 tag; empty when there are no words to tell it by."""
    words = [w.lower() for w in _WORD.findall(text)]
    if not words:
        return ""
    if sum(w in _FUNCTION_WORDS for w in words) >= _ENOUGH_ENGLISH * len(words):
        return "en"
    tag = str(py3langid.classify(text)[0])
    return "en" if tag in _ENGLISH_RELATIVES else tag
