"""Does somebody of standing sign, when the case is serious?"""

from collections.abc import Iterator

from apology_rules.reading import Mark, Reading
from apology_rules.reading.signatures import STANDING
from apology_rules.rule import Parameter, Rule
from apology_rules.severity import Severity

_UNNAMED = frozenset(
    "team support service services relations care department desk management noreply crew office family".split()
)


def _find(reading: Reading, *, gravity: int = 3) -> Iterator[Mark]:
    if not reading.public or reading.gravity < gravity:
        return
    signed = {w.strip(".,:;()-").lower() for w in f"{reading.signature} {reading.context.sender.role}".split()}
    if not signed & STANDING and (signed & _UNNAMED or not (reading.own_names or reading.context.sender.name)):
        yield Mark()


RULE = Rule(
    id="sender-standing",
    name="Who signs?",
    category=None,
    severity=Severity.INFORMATION,
    points=0,
    message="Should somebody with a name and the standing to change things sign this?",
    why="A grave failure answered by a team or a mailbox seems to weigh little with those who decide.",
    reference="Hill & Boyd 2015, J. Business Ethics 130(1):163-170; the evidence is mixed, so this is a question.",
    confidence=0.5,
    find=_find,
    parameters=(
        Parameter(
            name="gravity",
            description="the gravity (1 to 4) from which on it is asked",
            default=3,
            minimum=1,
            maximum=4,
        ),
    ),
    bad=(
        "Dear passengers, we are sorry. Our driver injured three people. An ambulance took them to hospital.\n\n"
        "Kind regards,\nCustomer Support Team",
    ),
    good=(
        "Dear passengers, we are sorry. Our driver injured three people. An ambulance took them to hospital.\n\n"
        "Kind regards,\nHelen Marsh, Managing Director",
    ),
)
