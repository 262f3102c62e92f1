"""The fact guard finds what a new text says without a source, whoever wrote it."""

import pytest

from apology_rules import Context, Party
from apology_rules.rewrite import FactGuard, Kind
from tests.rewrite.conftest import Readings

DRAFT = "Dear Ms Rao,\n\nWe lost your parcel on 3 May and we are sorry. We will refund £20 by Friday.\n\nAnn"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We lost your parcel on 4 May and we are sorry.", Kind.NUMBER),
        ("We are sorry. We will refund £25 by Friday.", Kind.NUMBER),
        ("We are sorry. We lost three parcels.", Kind.NUMBER),
        ("We are sorry. We will refund £20 by Monday.", Kind.TIME),
        ("We are sorry. Our driver Marco lost your parcel.", Kind.NAME),
        ("We are sorry. Write to help@example.org.", Kind.LINK),
        ("We are sorry. The form is at https://example.org/refund.", Kind.LINK),
        ("We are sorry. We will send you a voucher.", Kind.PROMISE),
        ("We are sorry. We have replaced your parcel.", Kind.REMEDY),
        ("We are sorry. We lost it because the label was torn.", Kind.CAUSE),
        ("We are sorry. We leaked your address.", Kind.ADMISSION),
        ("We are sorry. We did not lose your parcel on 3 May.", Kind.DENIAL),
        ("We are sorry. You lost your parcel on 3 May.", Kind.BLAME),
        ("We are sorry. We lost your parcel at 3 pm.", Kind.NUMBER),
        ("We are sorry. We will refund £3 by Friday.", Kind.NUMBER),
        ("We are sorry. We will refund 20% by Friday.", Kind.NUMBER),
        ("We are sorry. We will refund 20 euros and £3 by Friday.", Kind.NUMBER),
        ("We are sorry. Dear Ms Rao, it happened because Ann was drunk.", Kind.CAUSE),
        ("We are sorry. Call 020 3 20.", Kind.NUMBER),
        ("We are sorry. We lost your parcel on Friday and on Monday.", Kind.TIME),
        ("We are sorry. See www.rao.example/20.", Kind.LINK),
        ("We are sorry. Ms Raoul, we lost your parcel.", Kind.NAME),
    ],
)
def test_an_invention_is_found(text: str, kind: Kind, reading_of: Readings) -> None:
    guard = FactGuard(reading_of(DRAFT), Context())
    assert kind in {invention.kind for invention in guard.inventions(reading_of(text))}


@pytest.mark.parametrize(
    "text",
    [
        DRAFT,
        "Dear Ms Rao,\n\nWe are sorry. On 3 May we lost your parcel. We will refund £20 by Friday.\n\nAnn",
        "Dear Ms Rao,\n\nWe are sorry that we lost your parcel. It happened because [the cause].\n\nAnn",
        "Ms Rao, that was our mistake. We will [what puts it right] by [Friday 12 June].",
    ],
)
def test_what_the_draft_says_in_other_words_passes(text: str, reading_of: Readings) -> None:
    assert FactGuard(reading_of(DRAFT), Context()).inventions(reading_of(text)) == ()


@pytest.mark.parametrize(
    ("draft", "text", "kind"),
    [
        ("We are sorry. You may be entitled to a refund.", "We are sorry. We will refund you.", Kind.PROMISE),
        ("We are sorry. We cannot refund the fee.", "We are sorry. We refunded the fee.", Kind.DENIAL),
        ("We are sorry. We did not check the box.", "We are sorry. We checked the box.", Kind.DENIAL),
        ("We are sorry. Room 40 was dirty.", "We are sorry. We will pay you £40.", Kind.NUMBER),
        ("We are sorry that we broke the lamp.", "We are sorry that you broke the lamp.", Kind.BLAME),
    ],
)
def test_known_words_do_not_carry_a_new_claim(draft: str, text: str, kind: Kind, reading_of: Readings) -> None:
    guard = FactGuard(reading_of(draft), Context())
    assert kind in {invention.kind for invention in guard.inventions(reading_of(text))}


def test_facts_and_names_of_the_case_are_sources(reading_of: Readings) -> None:
    context = Context(sender=Party(name="Marco Bianchi", role="Depot manager"))
    guard = FactGuard(reading_of(DRAFT), context, [reading_of("We posted a new one on 9 May.")])
    text = "We lost your parcel. We posted a new one on 9 May. Marco Bianchi, Depot manager"
    assert guard.inventions(reading_of(text)) == ()
