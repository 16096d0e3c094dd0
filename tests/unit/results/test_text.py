"""Tables for people."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from direct_access.results import Results, as_json, as_text, decode


def decoded(path: Path, *data: Any) -> Results:
    path.write_text(json.dumps({"results": [{"data": fields} for fields in data]}))
    return decode(path)


def register(samples: Any, num_bits: int) -> dict[str, Any]:
    return {"samples": samples, "num_bits": num_bits}


def is_text(text: str, expected: str) -> bool:
    return text == textwrap.dedent(expected).strip("\n")


BELL = {"c": register(["0x3"] * 6 + ["0x0"] * 3 + ["0x1"], 2)}


def test_outcomes_are_sorted_by_frequency(tmp_path):
    assert is_text(
        as_text(decoded(tmp_path / "r", BELL)),
        """
        PUB 0
          c (2 bits, 10 shots)
            11  6   60.0%
            00  3   30.0%
            01  1   10.0%
        """,
    )


def test_a_terminal_gets_bars(tmp_path):
    lines = as_text(decoded(tmp_path / "r", BELL), bars=True).splitlines()
    assert [line.count("#") for line in lines] == [0, 0, 40, 20, 7]


def test_rare_outcomes_are_summed_up(tmp_path):
    samples = ["0x0"] * 8 + ["0x1", "0x2"]
    assert "… and 2 more outcomes, 20.0% of the shots" in as_text(
        decoded(tmp_path / "r", {"c": register(samples, 2)}), rows=1
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
        """,
    )
    assert "together" not in as_text(results, joint=False)


def test_a_sweep_has_a_table_for_each_set_of_parameter_values(tmp_path):
    results = decoded(tmp_path / "r", {"c": register([[["0x0"], ["0x1"]]] * 20, 1)})
    text = as_text(results, rows=3)
    assert [line.strip() for line in text.splitlines() if "shot)" in line] == [
        "c (1 bit, 1 shot) [0, 0]",
        "c (1 bit, 1 shot) [0, 1]",
        "c (1 bit, 1 shot) [1, 0]",
    ]
    assert "… and 37 more sets of parameter values" in text


def test_expectation_values_stand_in_a_row_with_their_errors(tmp_path):
    results = decoded(
        tmp_path / "r",
        {"evs": 0.5, "stds": 0.0125},
        {"evs": [1.0, -0.25], "stds": [0.0, 0.1], "more": [1, 2, 3]},
    )
    assert is_text(
        as_text(results),
        """
        PUB 0
          evs  stds
          0.5  0.0125
        PUB 1
               evs    stds
          [0]  1      0
          [1]  -0.25  0.1
               more
          [0]  1
          [1]  2
          [2]  3
        """,
    )


def test_a_long_table_of_values_is_cut(tmp_path):
    assert "… and 8 more" in as_text(decoded(tmp_path / "r", {"evs": [0.5] * 10}), rows=2)


def test_other_fields_are_shown_as_they_are(tmp_path):
    assert "  note: {'a': 'b'}" in as_text(decoded(tmp_path / "r", {"note": {"a": "b"}}))


def test_a_register_without_bits_says_so(tmp_path):
    assert "(no bits)  2  100.0%" in as_text(decoded(tmp_path / "r", {"c": register(["0x0", "0x0"], 0)}))


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    assert "\x1b" not in as_text(
        decoded(tmp_path / "r", {"\x1b[2J": register(["0x0"], 1), "note": "\x1b]0;x"})
    )


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
