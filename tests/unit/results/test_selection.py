"""Some bits of the counts, and expectation values that counts give, judged by Qiskit."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from qiskit.primitives.containers import BitArray, DataBin, PrimitiveResult, SamplerPubResult
from qiskit_ibm_runtime import RuntimeEncoder

from direct_access.errors import UsageError
from direct_access.results import Results, as_text, decode
from direct_access.results.selection import (
    Selection,
    expectations,
    marginal,
    parse_expectation,
    parse_marginal,
)

BITS = BitArray(np.random.default_rng(7).integers(0, 8, (4, 100, 2), np.uint8), 11)


@pytest.fixture
def results(tmp_path) -> Results:
    """A sampler's PUB of four rows with two registers."""
    data = DataBin(c=BITS, d=BITS.slice_bits([0]), shape=(4,))
    path = tmp_path / "results.json"
    path.write_text(json.dumps(PrimitiveResult([SamplerPubResult(data)], {}), cls=RuntimeEncoder))
    return decode(path)


@pytest.mark.parametrize(
    ("text", "bits"), [("c:1", [1]), ("c:0,9", [0, 9]), ("c:8-10", [8, 9, 10]), ("c:2,0", [2, 0])]
)
def test_a_marginal_has_the_counts_of_qiskit(results, text, bits):
    (counted,) = marginal(parse_marginal(text), results.pubs[0])
    found = [{counted.bitstring(bits): n for bits, n in counts.items()} for counts in counted.sets()]
    assert found == [BITS.slice_bits(bits).get_counts(row) for row in range(4)]


def test_expectation_values_are_those_of_qiskit(results):
    estimates = expectations([parse_expectation("c:Z0Z9"), parse_expectation("d:Z0")], results.pubs[0])
    assert estimates is not None
    rows = [[(one.value, *one.errors) for one in row] for _, row in estimates.rows()]
    for row, cells in enumerate(rows):
        means = [BITS.expectation_values("IZIIIIIIIIZ")[row], BITS.expectation_values("IIIIIIIIIIZ")[row]]
        assert [cell[0] for cell in cells] == pytest.approx(means)
        assert [cell[1] for cell in cells] == pytest.approx([math.sqrt((1 - m * m) / 100) for m in means])


def test_what_was_selected_is_shown_alone(results):
    selection = Selection(parse_marginal("c:0"), [parse_expectation("d:Z0")])
    lines = as_text(results, selection=selection).splitlines()
    assert lines[1] == "  c bits 0 (100 shots), 4 rows"
    assert "  expectation values ± standard errors" in lines
    assert not any("together" in line or "11 bits" in line for line in lines)


@pytest.mark.parametrize("text", ["", "a", "c:", "1,", "1-", "0,0", ":1"])
def test_other_choices_of_bits_are_refused(text):
    with pytest.raises(ValueError, match=r"not a valid choice|twice"):
        parse_marginal(text)


@pytest.mark.parametrize("text", ["", "ZZ", "X0", "Z0X1", "Z0Z0", "c:"])
def test_other_observables_are_refused(text):
    with pytest.raises(ValueError, match=r"not a valid observable|twice"):
        parse_expectation(text)


@pytest.mark.parametrize(
    ("text", "why"), [("c:11", "registers: c, d"), ("e:0", "registers: c, d"), ("0", "c:0")]
)
def test_bits_that_are_not_there_are_wrong_usage(results, text, why):
    with pytest.raises(UsageError) as refused:
        as_text(results, selection=Selection(parse_marginal(text)))
    assert why in f"{refused.value.message} {refused.value.advice}"
