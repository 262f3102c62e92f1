"""What a language model says of a draft: an opinion to be weighed, guarded and proved, never to be believed.

Its words come from outside and may be wrong, or be what somebody wrote into the draft for it to say. So nothing of it
removes a finding, raises a score, or reaches the writer unchecked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apology_rules.review import ComponentKind, ComponentState, Review, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFlaw:
    """Words that a language model takes for a flaw under a rule."""

    rule_id: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """An opinion on a draft that was reviewed before.

    `first` is the review that the model was shown. `disputed` holds places in `first.findings` that it takes for no flaws,
    `components` the states that it sees, and `wordings` its words for `rewrite.pieces(body, first)`, by their place.
    """

    first: Review
    flaws: tuple[SeenFlaw, ...] = ()
    disputed: frozenset[int] = frozenset()
    components: Mapping[ComponentKind, ComponentState] = field(default_factory=dict)
    wordings: Mapping[int, str] = field(default_factory=dict)
