"""Results as CSV (RFC 4180): one line for each outcome, or for each expectation value; in constant memory.

The columns are ``pub``, ``row`` (the index, ``0 1``), one for each parameter, then of counts ``register``,
``outcome``, ``count`` and ``shots``, of expectation values ``observable``, ``value``, ``error`` and
``ensemble_standard_error``. What a line does not have is empty.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from direct_access.errors import UsageError
from direct_access.results.model import PubResult, Results
from direct_access.results.names import RowNames
from direct_access.results.selection import Selection
from direct_access.results.shown import shown_counts, shown_estimates

_COUNTS = ("register", "outcome", "count", "shots")
_ESTIMATES = ("observable", "value", "error", "ensemble_standard_error")


def write_csv(file: BinaryIO, results: Results, names: Sequence[RowNames], selection: Selection) -> None:
    """Write counts and expectation values.

    :raises UsageError: if there are neither
    """
    pubs = list(zip(results.pubs, names, strict=True))
    columns = list(dict.fromkeys(name for each in names for name in each.parameters))
    counts = any(True for pub in results.pubs for _ in shown_counts(pub, selection, results.most_outcomes))
    estimates = any(shown_estimates(pub, selection) for pub in results.pubs)
    if not counts and not estimates:
        raise UsageError(
            "these results hold neither counts nor expectation values; a file .npz takes all numbers"
        )
    head = ["pub", "row", *columns, *(_COUNTS if counts else ()), *(_ESTIMATES if estimates else ())]
    writer = csv.DictWriter(codecs.getwriter("utf-8")(file), head, restval="")
    writer.writeheader()
    for number, (pub, its_names) in enumerate(pubs):
        for index, cells in _lines(pub, its_names, selection, results.most_outcomes):
            parameters = {name: spread.at(index) for name, spread in its_names.parameters.items()}
            row = " ".join(map(str, index))
            writer.writerow({"pub": number, "row": row, **parameters, **cells})


def _lines(
    pub: PubResult, names: RowNames, selection: Selection, most_outcomes: int
) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    for each in shown_counts(pub, selection, most_outcomes):
        for index, counts in zip(names.indices(), each.sets(), strict=True):
            for outcome in sorted(counts):
                bits = each.bitstring(outcome)
                cells = (each.name, bits, counts[outcome], each.shots)
                yield index, dict(zip(_COUNTS, cells, strict=True))
    if not (estimates := shown_estimates(pub, selection)):
        return
    for index, row in estimates.rows():
        for head, estimate in zip(estimates.heads, row, strict=True):
            label = head or (str(names.observables.at(index)) if names.observables else "")
            numbers = (label, estimate.value, *estimate.errors)
            yield index, dict(zip(_ESTIMATES, numbers, strict=False))
