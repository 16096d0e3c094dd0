"""Which qubits are coupled: heavy-hexagon lattices, as IBM's processors have them."""

from __future__ import annotations

from itertools import pairwise

Edge = tuple[int, int]

SEVEN_QUBITS: tuple[Edge, ...] = ((0, 1), (1, 2), (1, 3), (3, 5), (4, 5), (5, 6))

TWENTY_SEVEN_QUBITS: tuple[Edge, ...] = (
    *((0, 1), (1, 2), (1, 4), (2, 3), (3, 5), (4, 7), (5, 8), (6, 7), (7, 10), (8, 9), (8, 11), (10, 12)),
    *((11, 14), (12, 13), (12, 15), (13, 14), (14, 16), (15, 18), (16, 19), (17, 18), (18, 21), (19, 20)),
    *((19, 22), (21, 23), (22, 25), (23, 24), (24, 25), (25, 26)),
)


def heavy_hex(rows: list[range], first_columns: tuple[int, int]) -> tuple[Edge, ...]:
    """Return the edges of rows of qubits joined by single qubits, numbered row by row from the top.

    :param rows: for each row the columns that it occupies
    :param first_columns: column of the first joining qubit below an even row and below an odd row; the others
        follow every four columns
    """
    edges: list[Edge] = []
    number = 0
    above: dict[int, int] = {}
    for index, columns in enumerate(rows):
        row = {column: number + place for place, column in enumerate(columns)}
        number += len(row)
        edges += pairwise(row.values())
        edges += [(joint, row[column]) for column, joint in above.items()]
        if index + 1 == len(rows):
            break
        joints = range(first_columns[index % 2], 15 if len(columns) < 16 else 16, 4)
        above = {column: number + place for place, column in enumerate(joints)}
        number += len(above)
        edges += [(row[column], joint) for column, joint in above.items()]
    return tuple(sorted(edges))


def one_hundred_and_twenty_seven_qubits() -> tuple[Edge, ...]:
    """Return seven rows of 14 or 15 qubits, joined by four qubits each: the layout of ``ibm_brisbane``."""
    return heavy_hex([range(14), *(range(15) for _ in range(5)), range(1, 15)], (0, 2))


def one_hundred_and_fifty_six_qubits() -> tuple[Edge, ...]:
    """Return eight rows of 16 qubits, joined by four qubits each."""
    return heavy_hex([range(16) for _ in range(8)], (3, 1))
