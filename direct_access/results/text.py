"""Results as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from direct_access.results.counts_text import counts_lines
from direct_access.results.estimates import title
from direct_access.results.layout import Layout, folded
from direct_access.results.model import PubResult, Results
from direct_access.results.names import RowNames
from direct_access.results.selection import Selection, check
from direct_access.results.sent import names_of
from direct_access.results.shown import shown_counts, shown_estimates
from direct_access.results.values_text import estimates_lines, other_lines

EVERYTHING = Selection()
BIT_ORDER = "Bits: the first bit of a register is the rightmost."
QUBIT_ORDER = "Observables: the letter of qubit 0 is the rightmost."


def text_lines(
    results: Results, names: Sequence[RowNames], layout: Layout, selection: Selection = EVERYTHING
) -> Iterator[str]:
    """Yield results as tables, line by line.

    :param names: of the rows, PUB by PUB
    :raises StoreError: if samples are damaged
    :raises UsageError: if the results do not have what is selected
    """
    check(selection, results)
    for number, (pub, its_names) in enumerate(zip(results.pubs, names, strict=True)):
        yield from folded(f"PUB {number}  {its_names.constant}".rstrip(), layout.width)
        lines = _pub(pub, its_names, layout.inside(2), selection, results.most_outcomes)
        for line in lines:
            yield f"  {line}".rstrip()
    if not results.pubs:
        yield "no PUBs"
    yield from _orders(results, names, layout)


def as_text(
    results: Results,
    names: Sequence[RowNames] | None = None,
    layout: Layout | None = None,
    selection: Selection = EVERYTHING,
) -> str:
    """Return :func:`text_lines` as one text; without names rows are called by their index."""
    known = names_of(results, None) if names is None else names
    lines = text_lines(results, known, layout or Layout(), selection)
    return "\n".join(map(_printable, lines))


def _pub(
    pub: PubResult, names: RowNames, layout: Layout, selection: Selection, most_outcomes: int
) -> Iterator[str]:
    for each in shown_counts(pub, selection, most_outcomes):
        yield from counts_lines(each, names, layout)
    if estimates := shown_estimates(pub, selection):
        of_all = f" of {names.observable}" if names.observable else ""
        head = title(pub) if selection.is_everything else "expectation values ± standard errors"
        yield from folded(head + of_all, layout.width)
        for line in estimates_lines(estimates, names, layout.inside(2)):
            yield f"  {line}"
    if selection.is_everything:
        yield from other_lines(pub, names, layout)
        for name, value in pub.other.items():
            yield from folded(f"{name}: {value}", layout.width)


def _orders(results: Results, names: Sequence[RowNames], layout: Layout) -> Iterator[str]:
    """Yield once in which order bits and letters stand."""
    if any(register.num_bits > 1 for pub in results.pubs for register in pub.registers.values()):
        yield from folded(BIT_ORDER, layout.width)
    if any(_has_letters(each) for each in names):
        yield from folded(QUBIT_ORDER, layout.width)


def _has_letters(names: RowNames) -> bool:
    labels = names.observables.flat if names.observables else []
    return any(len(word) > 1 and set(word) <= set("IXYZ") for label in labels for word in label.split())


def _printable(line: str) -> str:
    """Return a line without control characters: names come from the service, and terminals obey those."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line
    )
