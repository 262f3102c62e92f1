"""Probabilities as log odds, in which independent evidence adds up."""

from math import exp, log

_LEAST = 0.001


def log_odds(probability: float) -> float:
    """The log odds of a probability, kept away from the infinite."""
    kept = min(1 - _LEAST, max(_LEAST, probability))
    return log(kept / (1 - kept))


def probability(odds: float) -> float:
    """The probability of log odds."""
    return 1 / (1 + exp(-odds))
