"""What of a PUB is shown: its counts and its expectation values, or what was selected of the counts."""

from __future__ import annotations

from collections.abc import Iterator

from direct_access.results.counted import Counted, counted
from direct_access.results.estimates import Estimates, measured
from direct_access.results.model import PubResult
from direct_access.results.selection import Selection, expectations, marginal


def shown_counts(pub: PubResult, selection: Selection, most_outcomes: int) -> Iterator[Counted]:
    """Yield the counts of a PUB that are shown.

    :param most_outcomes: as :func:`~direct_access.results.counted.counted` takes it
    """
    if selection.is_everything:
        yield from counted(pub, most_outcomes)
    elif selection.marginal:
        yield from marginal(selection.marginal, pub)


def shown_estimates(pub: PubResult, selection: Selection) -> Estimates | None:
    """Return the expectation values of a PUB that are shown."""
    if selection.is_everything:
        return measured(pub) if "evs" in pub.values else None
    return expectations(selection.expectations, pub)
