"""Errors in the words of the command: servers name fields of the contract, and people have typed options."""

import re

from apology_client.errors import ApologyReviewError

_WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\boptions\.disabled_rules\[\d+\]", "what --disable or the policy names"),
        (r'\boptions\.rule_parameters\["([^"]*)"\]\.values\["([^"]*)"\]', r"--parameter \1:\2"),
        (r'\boptions\.rule_parameters\["[^"]*"\]', "what --parameter or the policy names"),
        (r"\boptions\.allowed_phrases\b(?:\[\d+\])?", "--allow"),
        (r"\bcontext\.facts\.(\w+)", r"--fact \1"),
        (r"\bcontext\.(sender|recipient)\.(name|role)\b", r"--\1-\2"),
        (r"\bListRules tells\b", "`apology-review rules` tells"),
        (r"\bASSIST_MODE_PREFERRED\b", "--assist preferred"),
        (
            r"\bthe metadata must hold one bearer token, as authorization(?:; the client takes it from \w+)?",
            "the server asks for a bearer token: name the file that holds it with --token-file, or in "
            "APOLOGY_REVIEW_TOKEN_FILE",
        ),
    )
)


def told(error: ApologyReviewError) -> str:
    """What the error says, for people; what programs get stays as the server said it."""
    text = str(error)
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    return text
