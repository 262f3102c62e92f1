"""What kind of flaw a rule finds, as far as it decides how its words are mended."""

from collections.abc import Mapping
from enum import Enum, auto


class Flaw(Enum):
    """What flawed words do. Each rule over words finds one kind."""

    CHARGE = auto()
    """They charge the recipient."""
    PLEA = auto()
    """They plead good intentions."""
    SHARE = auto()
    """They give the recipient a share in it."""
    CAUSE = auto()
    """They put it down to somebody or something else."""
    NOBODY = auto()
    """They leave out who did it."""
    HALF = auto()
    """They are half an apology, which is made in full instead."""
    DOUBT = auto()
    """They leave in doubt what is to be stated as fact."""
    DISPLAY = auto()
    """They show how the sender feels."""
    REPETITION = auto()
    """They apologise again."""
    BEGGING = auto()
    """They beg for what may be asked for."""
    SMALL = auto()
    """They tell the failure, and make it small."""
    USUAL = auto()
    """They tell how usual it is."""
    COMFORT = auto()
    """They hold something better against it."""
    PRAISE = auto()
    """They praise the sender."""
    OFFER = auto()
    """They sell."""
    BLANK = auto()
    """They are for the writer to fill."""


FLAWS: Mapping[str, Flaw] = {
    "blame-shifting.victim": Flaw.CHARGE,
    "blame-shifting.scapegoat": Flaw.CAUSE,
    "blame-shifting.third-party": Flaw.CAUSE,
    "blame-shifting.circumstance": Flaw.CAUSE,
    "blame-shifting.shared": Flaw.SHARE,
    "blame-shifting.intent-defence": Flaw.PLEA,
    "blame-shifting.agent-omission": Flaw.NOBODY,
    "insincere-hedging.conditional": Flaw.HALF,
    "insincere-hedging.reaction": Flaw.HALF,
    "insincere-hedging.doubt": Flaw.DOUBT,
    "insincere-hedging.blurred-object": Flaw.HALF,
    "insincere-hedging.blurred-victim": Flaw.HALF,
    "insincere-hedging.grudging": Flaw.HALF,
    "overlong-drama.self-focus": Flaw.DISPLAY,
    "overlong-drama.self-vilify": Flaw.DISPLAY,
    "overlong-drama.begging": Flaw.BEGGING,
    "overlong-drama.hyperbole": Flaw.DISPLAY,
    "overlong-drama.stacking": Flaw.DISPLAY,
    "overlong-drama.rehash": Flaw.REPETITION,
    "minimising.trivialise": Flaw.SMALL,
    "minimising.downscale": Flaw.SMALL,
    "minimising.normalise": Flaw.USUAL,
    "minimising.worse-case": Flaw.COMFORT,
    "minimising.bolster": Flaw.PRAISE,
    "minimising.silver-lining": Flaw.COMFORT,
    "premature-selling": Flaw.OFFER,
    "placeholder-left": Flaw.BLANK,
}
"""The kind of each rule over words."""

DROPPED = frozenset({Flaw.CHARGE, Flaw.DISPLAY, Flaw.REPETITION, Flaw.USUAL, Flaw.COMFORT, Flaw.PRAISE, Flaw.OFFER})
"""What simply goes."""

NEEDLESS = DROPPED - {Flaw.CHARGE} | {Flaw.BEGGING, Flaw.SMALL}
"""What need not be kept for its own sake."""

TURNED = frozenset({Flaw.HALF, Flaw.DOUBT, Flaw.NOBODY, Flaw.SMALL, Flaw.USUAL, Flaw.BEGGING})
"""Where the very construction is the flaw: its own mender turns that."""
