"""Tables for people."""

from __future__ import annotations

import json
import math
import textwrap
from pathlib import Path
from typing import Any

import pytest

from direct_access.results import Layout, Results, as_json, as_text, decode, names_of
from direct_access.results.layout import plain_ascii

SWEEP = [0, 0.785398, 1.570796, 2.356194]
THETA = "OPENQASM 3.0; input float[64] theta;"


def decoded(path: Path, *data: Any) -> Results:
    path.write_text(json.dumps({"results": [{"data": fields} for fields in data]}))
    return decode(path)


def named(directory: Path, sent: list[Any], *data: Any, layout: Layout | None = None) -> str:
    """Return the text of results beside the params document that they belong to."""
    params = directory / "params.json"
    params.write_text(json.dumps({"pubs": sent}))
    results = decoded(directory / "results.json", *data)
    return as_text(results, names_of(results, params), layout)


def register(samples: Any, num_bits: int) -> dict[str, Any]:
    return {"samples": samples, "num_bits": num_bits}


def is_text(text: str, expected: str) -> bool:
    return text == textwrap.dedent(expected).strip("\n")


BELL = {"c": register(["0x3"] * 6 + ["0x0"] * 3 + ["0x1"], 2)}


def test_outcomes_are_sorted_by_frequency_and_the_order_of_bits_is_said_once(tmp_path):
    assert is_text(
        as_text(decoded(tmp_path / "r", BELL, BELL)),
        """
        PUB 0
          c (2 bits, 10 shots)
            11  6   60.0%
            00  3   30.0%
            01  1   10.0%
        PUB 1
          c (2 bits, 10 shots)
            11  6   60.0%
            00  3   30.0%
            01  1   10.0%
        Bits: the first bit of a register is the rightmost.
        """,
    )


def test_a_terminal_gets_bars(tmp_path):
    lines = as_text(decoded(tmp_path / "r", BELL), layout=Layout(bars=True)).splitlines()
    assert [line.count("█") for line in lines] == [0, 0, 40, 20, 6, 0]
    assert lines[4].endswith("▋")


def test_rare_outcomes_are_summed_up(tmp_path):
    samples = ["0x0"] * 8 + ["0x1", "0x2"]
    assert "… and 2 more outcomes, 20.0% of the shots" in as_text(
        decoded(tmp_path / "r", {"c": register(samples, 2)}), layout=Layout(top=1)
    )


def test_registers_are_counted_alone_and_together(tmp_path):
    results = decoded(tmp_path / "r", {"a": register(["0x1", "0x0"], 1), "b": register(["0x2", "0x0"], 2)})
    assert is_text(
        as_text(results),
        """
        PUB 0
          a (1 bit, 2 shots)
            0  1   50.0%
            1  1   50.0%
          b (2 bits, 2 shots)
            00  1   50.0%
            10  1   50.0%
          a b together
            0 00  1   50.0%
            1 10  1   50.0%
        Bits: the first bit of a register is the rightmost.
        """,
    )


def test_a_sweep_has_a_row_for_each_value_with_its_outcomes_in_one_order(tmp_path):
    samples = [["0x0"] * (4 - ones) + ["0x1"] * ones for ones in (0, 1, 3, 4)]
    assert is_text(
        named(tmp_path, [[THETA, {"theta": SWEEP}, 4]], {"c": register(samples, 1)}),
        """
        PUB 0
          c (1 bit, 4 shots), 4 rows
                          0  1
            theta=0       4  0
            theta=0.7854  3  1
            theta=1.571   1  3
            theta=2.356   0  4

            over theta from 0 to 2.356
            0  █▆▃▁  0.000 to 1.000
            1  ▁▃▆█  0.000 to 1.000
        """,
    )


def test_a_sweep_without_its_params_has_rows_by_index_and_is_cut(tmp_path):
    results = decoded(tmp_path / "r", {"c": register([[["0x0"], ["0x1"]]] * 20, 1)})
    lines = [line.strip() for line in as_text(results, layout=Layout(rows=3)).splitlines()]
    assert [line.split("  ")[0] for line in lines[3:6]] == ["[0, 0]", "[0, 1]", "[1, 0]"]
    assert "… and 37 more rows (--rows all)" in lines
    assert len(as_text(results, layout=Layout(rows=None)).splitlines()) == 3 + 40


def test_outcomes_too_wide_for_a_table_stand_below_each_row(tmp_path):
    samples = [["0x0", hex(1 << 39)], ["0x0", "0x0"]]
    text = as_text(decoded(tmp_path / "r", {"c": register(samples, 40)}), layout=Layout(width=60))
    zeros, high = "0" * 40, "1" + "0" * 39
    assert text.splitlines()[2:8] == [
        "    [0]",
        f"      {zeros}  1   50.0%",
        f"      {high}  1   50.0%",
        "    [1]",
        f"      {zeros}  2  100.0%",
        f"      {high}  0    0.0%",
    ]


def test_expectation_values_are_named_by_observables_and_have_their_errors(tmp_path):
    observables = ["ZZ", {"ZZ": 0.5, "XX": -1}, "I" * 20 + "ZIIX"]
    errors = [0.0077, 0.0206, 0.01]
    data = {"evs": [0.99913, -0.0066, 1.0], "stds": errors, "ensemble_standard_error": errors}
    assert is_text(
        named(tmp_path, [["OPENQASM 3.0;", observables, [], 0.02]], data),
        """
        PUB 0
          expectation values ± stds
            ZZ            0.9991 ± 0.0077
            0.5 ZZ - XX  -0.0066 ± 0.0206
            X0Z3          1.0000 ± 0.0100
        Observables: the letter of qubit 0 is the rightmost.
        """,
    )


def test_an_ensemble_error_of_its_own_is_shown(tmp_path):
    results = decoded(tmp_path / "r", {"evs": 0.5, "stds": 0.0125, "ensemble_standard_error": 0.05})
    assert as_text(results).splitlines() == [
        "PUB 0",
        "  expectation values ± stds (ensemble_standard_error)",
        "    0.500 ± 0.013 (0.050)",
    ]


def test_a_sweep_of_observables_has_a_column_for_each(tmp_path):
    evs = [[math.cos(theta) for theta in SWEEP], [math.sin(theta) for theta in SWEEP]]
    data = {"evs": evs, "stds": [[0.01] * 4] * 2}
    text = named(tmp_path, [[THETA, [["Z"], ["X"]], {"theta": SWEEP}, None]], data)
    assert is_text(
        text,
        """
        PUB 0
          expectation values ± stds
                                       Z               X
            theta=0        1.000 ± 0.010   0.000 ± 0.010
            theta=0.7854   0.707 ± 0.010   0.707 ± 0.010
            theta=1.571    0.000 ± 0.010   1.000 ± 0.010
            theta=2.356   -0.707 ± 0.010   0.707 ± 0.010

            over theta from 0 to 2.356
            Z  █▇▄▁  -0.707 to 1.000
            X  ▁▆█▆  0.000 to 1.000
        """,
    )


def test_other_numbers_stand_by_index(tmp_path):
    text = as_text(decoded(tmp_path / "r", {"evs": [1.0, -0.25], "stds": [0.0, 0.1], "more": [1, 2, 3]}))
    assert is_text(
        text.split("\n\n")[0],
        """
        PUB 0
          expectation values ± stds
            [0]   1.00 ± 0.00
            [1]  -0.25 ± 0.10
        """,
    )
    assert text.splitlines()[-4:] == ["       more", "  [0]  1", "  [1]  2", "  [2]  3"]


def test_a_long_table_of_values_is_cut(tmp_path):
    assert "… and 8 more rows" in as_text(decoded(tmp_path / "r", {"evs": [0.5] * 10}), layout=Layout(rows=2))


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_terminal(tmp_path, width):
    layout = Layout(width=width, bars=True, curves=True)
    wide = {"c": register([["0x0", hex(1 << 126)], ["0x0", "0x0"]], 127), "d": register([["0x0"] * 2] * 2, 3)}
    many = {"evs": [[math.sin(n * k) for n in range(50)] for k in range(3)], "stds": [[0.01] * 50] * 3}
    sent = [
        [THETA, {"theta": [0, 1]}, 2],
        [THETA, [["ZZIX"], [{"XXII": 0.123456, "ZZZZ": -2}], ["XX"]], {"theta": list(range(50))}, 1],
        ["OPENQASM 3.0;", [], 10],
    ]
    text = named(tmp_path, sent, wide, many, BELL, layout=layout)
    assert max(map(len, text.splitlines())) <= width
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_other_fields_are_shown_as_they_are(tmp_path):
    assert "  note: {'a': 'b'}" in as_text(decoded(tmp_path / "r", {"note": {"a": "b"}}))


def test_a_register_without_bits_says_so(tmp_path):
    assert "(no bits)  2  100.0%" in as_text(decoded(tmp_path / "r", {"c": register(["0x0", "0x0"], 0)}))


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    data = {"\x1b[2J": register([["0x0"]] * 2, 1), "note": "\x1b]0;x"}
    assert "\x1b" not in named(tmp_path, [["", {"\x1b[1m": [0, 1]}, 1]], data)


def test_a_terminal_without_unicode_gets_ascii(tmp_path):
    text = as_text(decoded(tmp_path / "r", {"evs": [0.5, -1.0, 0.1]}, BELL), layout=Layout(bars=True))
    assert plain_ascii(text).isascii()


def test_no_pubs_are_said(tmp_path):
    assert as_text(decoded(tmp_path / "r")) == "no PUBs"


def test_the_json_document_has_a_version_and_all_counts(tmp_path):
    document = as_json(decoded(tmp_path / "r", BELL))
    assert document == {
        "schema": "direct-access/results/v1",
        "pubs": [
            {
                "registers": {
                    "c": {"num_bits": 2, "shape": [], "shots": 10, "counts": [{"11": 6, "00": 3, "01": 1}]}
                },
                "values": {},
                "other": {},
                "metadata": {},
            }
        ],
        "metadata": {},
    }


def test_numbers_that_are_not_finite_are_null_in_json(tmp_path):
    path = tmp_path / "r"
    path.write_text('{"results": [{"data": {"evs": [NaN, 1.0], "stds": Infinity}}]}')
    document = json.loads(json.dumps(as_json(decode(path)), allow_nan=False))
    assert document["pubs"][0]["values"]["evs"]["values"] == [None, 1.0]
    assert document["pubs"][0]["values"]["stds"]["values"] is None
