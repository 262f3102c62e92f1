"""Suggestions and rewrites: made from the parse, guarded against inventions, proved by a second review."""

from apology_rules.rewrite.facts import FactGuard, Invention, Kind
from apology_rules.rewrite.pieces import Piece, pieces
from apology_rules.rewrite.proof import Judged
from apology_rules.rewrite.rewriter import Rewriter

__all__ = ["FactGuard", "Invention", "Judged", "Kind", "Piece", "Rewriter", "pieces"]
