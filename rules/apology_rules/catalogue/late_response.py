"""When did it happen, when did you learn of it, when does this go out?"""

from collections.abc import Iterator
from datetime import timedelta

from apology_rules.reading import Mark, Reading
from apology_rules.rule import Parameter, Rule
from apology_rules.severity import Severity


def _find(reading: Reading, *, days: int = 2) -> Iterator[Mark]:
    if not reading.public:
        return
    known = reading.context.discovered_at or reading.context.happened_at
    sent = reading.context.sent_at
    if known is not None and sent is not None:
        if sent - known > timedelta(days=days):
            yield Mark()
        return
    for first, last in reading.ranges("lateness")[:1]:
        yield reading.mark_tokens(first, last)


RULE = Rule(
    id="late-response",
    name="Is it late?",
    category=None,
    severity=Severity.INFORMATION,
    points=0,
    message="When did it happen, when did you find out, and when will they read this? If it is late, say so and own that too.",
    why="Lateness cannot be seen in the words; owned, it is a second apology, and passed over, a second failure.",
    reference="Roschk & Kaiser 2013; Istanbulluoglu 2017; the evidence on speed is mixed, so this is a question.",
    confidence=0.5,
    find=_find,
    parameters=(
        Parameter(
            name="days",
            description="days between finding out and sending that need no question",
            default=2,
            minimum=0,
            maximum=365,
        ),
    ),
    bad=("Dear customer, we are sorry. We [[first became aware]] of the leak in March and tell you now, in August.",),
    good=("Dear customer, we are sorry. We lost your order this morning and found it at noon.",),
)
