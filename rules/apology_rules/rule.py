"""What a rule is: one frozen value that says what it looks for, why it matters, and shows it on examples."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from apology_rules.reading import Mark
from apology_rules.review import Category
from apology_rules.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that a caller may set for a rule; it reaches `find` as a keyword of the same name."""

    name: str
    description: str
    default: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the catalogue.

    `find` yields a `Mark` for each flaw; a mark without words says that something is missing from the whole draft.
    `points` are taken off 100 for the first flaw at full strength and half of them for each repeat; `weak_points` and
    `weak_message` are for a component that is there in a vague form (`apology_rules.score`). `confidence` is the share of
    its marks on labelled drafts that the annotators confirmed, when grammar alone sees it.

    In `bad`, `[[double brackets]]` hold the words that the rule must point at, and no brackets that the draft lacks
    something. Each line of `good` comes near and must stay silent. `category` is None for a question to the writer.
    """

    id: str
    name: str
    category: Category | None
    severity: Severity
    points: int
    weak_points: int = 0
    weak_message: str = ""
    message: str
    why: str
    reference: str
    confidence: float
    find: Callable[..., Iterator[Mark]]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()

    @property
    def label(self) -> str:
        """The rule's label in the labelled drafts: `blame_shifting.victim`."""
        return self.id.replace("-", "_")
