from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import asdict, field, fields, replace
from functools import cached_property
from typing import Any, ClassVar

import pytest

from direct_access import light_dataclass

KINDS: dict[str, Any] = {"light": light_dataclass.dataclass, "standard": dataclasses.dataclass}


@pytest.fixture(params=KINDS)
def dataclass(request: pytest.FixtureRequest) -> Any:
    """Return the decorator: what holds for ours holds for that of the standard library too."""
    return KINDS[request.param]


@pytest.fixture
def point(dataclass: Any) -> Any:
    """Return a frozen class with each kind of field that the product uses."""

    @dataclass(frozen=True)
    class Point:
        """A point."""

        unit: ClassVar[str] = "mm"
        x: int
        y: int = 2
        tags: list[str] = field(default_factory=list, compare=False)
        secret: str = field(default="s", repr=False)

        @cached_property
        def total(self) -> int:
            return self.x + self.y

    return Point


@pytest.fixture
def box(dataclass: Any) -> Any:
    """Return a class whose objects change, with a field that it sets itself."""

    @dataclass
    class Box:
        """A box."""

        size: int
        double: int = field(init=False)

        def __post_init__(self) -> None:
            self.double = 2 * self.size

    return Box


def test_fields_are_given_by_place_by_name_and_by_default(point: Any) -> None:
    made = point(1, tags=["a"])
    assert (made.x, made.y, made.tags, made.secret, made.unit, made.total) == (1, 2, ["a"], "s", "mm", 3)


def test_a_default_factory_makes_a_new_value_for_each_object(point: Any) -> None:
    assert point(1).tags is not point(1).tags


@pytest.mark.parametrize(
    "make",
    [
        lambda cls: cls(),
        lambda cls: cls(1, 2, [], "s", 5),
        lambda cls: cls(1, x=1),
        lambda cls: cls(1, z=1),
        lambda cls: cls(1, unit="m"),
    ],
    ids=["missing", "too many", "repeated", "unknown", "of the class"],
)
def test_wrong_arguments_are_a_type_error(point: Any, make: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        make(point)


def test_objects_are_equal_if_their_class_and_compared_fields_are(point: Any, box: Any) -> None:
    assert point(1, tags=["a"]) == point(1, tags=["b"])
    assert point(1) != point(2)
    assert point(1) != (1, 2, [], "s")
    assert box(1) == box(1)


def test_frozen_objects_have_a_hash_and_others_have_none(point: Any, box: Any) -> None:
    assert len({point(1, tags=["a"]), point(1), point(2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(box(1))


def test_a_frozen_object_does_not_change(point: Any) -> None:
    made = point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.other = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.x


def test_the_text_form_names_the_fields_but_those_that_are_not_to_be_shown(point: Any) -> None:
    assert repr(point(1)).endswith(".Point(x=1, y=2, tags=[])")


def test_an_object_that_holds_itself_has_a_text_form(box: Any) -> None:
    made = box(1)
    made.size = made
    assert "..." in repr(made)


def test_what_a_class_defines_itself_stays(dataclass: Any) -> None:
    @dataclass
    class Own:
        """Has its own."""

        x: int

        def __repr__(self) -> str:
            return "own"

        def __hash__(self) -> int:
            return 5

    assert (repr(Own(1)), hash(Own(1))) == ("own", 5)


def test_a_field_that_is_not_an_argument_is_set_after_the_others(box: Any) -> None:
    made = box(3)
    assert (made.size, made.double) == (3, 6)
    with pytest.raises(TypeError):
        box(3, double=5)


def test_a_subclass_has_the_fields_of_its_base_first(dataclass: Any, box: Any) -> None:
    @dataclass
    class Lid(box):  # type: ignore[misc]
        """A box with a lid."""

        lid: str = "wood"

    class Plain(Lid):
        pass

    assert [each.name for each in fields(Lid)] == ["size", "double", "lid"]
    assert (Plain(1, lid="tin").lid, Plain(1).double) == ("tin", 2)
    assert Plain(1) != Lid(1)


def test_an_exception_can_have_fields(dataclass: Any) -> None:
    @dataclass
    class Refused(Exception):
        """Refused."""

        message: str
        status: int = 400

    with pytest.raises(Refused) as caught:
        raise Refused("no", status=403)
    assert (caught.value.message, caught.value.status, str(caught.value)) == ("no", 403, "no")


def test_the_functions_of_the_standard_library_work_on_it(point: Any) -> None:
    assert dataclasses.is_dataclass(point)
    assert asdict(replace(point(1), y=5)) == {"x": 1, "y": 5, "tags": [], "secret": "s"}
