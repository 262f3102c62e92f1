"""The reading: one pass that turns the parsed draft into terms of the field. Rules are statements over it."""

from collections.abc import Mapping
from functools import cached_property

from apology_rules.draft import Channel, IncidentPhase, Relation
from apology_rules.reading.acts import Strength, claims_care, owns, takes_blame
from apology_rules.reading.case import Case, infer_case
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.components import ComponentReading, read_components
from apology_rules.reading.gate import is_apology, is_surely_apology
from apology_rules.reading.parsed import ParsedDraft
from apology_rules.review import ComponentKind

_LIKELY = 0.5
OWNERSHIP_RADIUS = 2
"""Sentences on either side within which ownership takes back an agentless failure (codebook, blame_shifting)."""


class Reading(ParsedDraft):
    """A draft in terms of the field. Built once per draft, never changed."""

    @cached_property
    def is_apology(self) -> bool:
        """Whether the draft is an apology at all; nothing else is judged when it is not."""
        return is_apology(self, self.owned_sentences)

    @cached_property
    def is_surely_apology(self) -> bool:
        """The same for checks that see every mail, and would rather miss an apology than disturb."""
        return is_surely_apology(self, self.owned_sentences)

    @cached_property
    def case(self) -> Case:
        """Relation, channel and gravity: given, or inferred from the text."""
        return infer_case(self)

    @property
    def relation(self) -> Relation:
        return self.case.relation

    @property
    def channel(self) -> Channel:
        return self.case.channel

    @property
    def gravity(self) -> int:
        return self.case.gravity

    @property
    def public(self) -> bool:
        """Whether the draft goes to customers or the public, to whom some rules alone apply."""
        return self.relation in {Relation.CUSTOMER, Relation.PRESS}

    @property
    def investigating(self) -> bool:
        """Whether the incident is still being looked into, so that neither cause nor cure can be known."""
        return self.context.phase is IncidentPhase.INVESTIGATING

    @cached_property
    def owned_sentences(self) -> frozenset[int]:
        """Numbers of the sentences in which the sender owns the failure in full."""
        return frozenset(
            c.sentence for c in self.body_clauses if owns(self, c) is Strength.FULL or self._noted_as_owned(c)
        )

    @cached_property
    def blamed_on_self(self) -> frozenset[int]:
        """Numbers of the sentences that say whose fault it is: the sender's."""
        return frozenset(c.sentence for c in self.body_clauses if takes_blame(self, c))

    def _noted_as_owned(self, clause: Clause) -> bool:
        """Whether the trained reader takes something that the sender did for ownership ("I left the gate on the latch")."""
        if self.notes is None or clause.doer is not Agent.FIRST or not clause.past or claims_care(self, clause):
            return False
        mark = self.mark(clause)
        return self.notes.probability("responsibility.present", mark.begin or 0, mark.end or 0) >= _LIKELY

    def owned_near(self, clause: Clause, radius: int = OWNERSHIP_RADIUS) -> bool:
        """Whether the sender owns the failure within `radius` sentences of the clause."""
        return any(abs(clause.sentence - number) <= radius for number in self.owned_sentences)

    def owned_next(self, clause: Clause) -> bool:
        """Whether the sender takes it back in the same or the next sentence."""
        return bool({clause.sentence, clause.sentence + 1} & self.owned_sentences)

    @cached_property
    def components(self) -> Mapping[ComponentKind, ComponentReading]:
        """What the draft does about each component."""
        return read_components(self, self.case, investigating=self.investigating)
