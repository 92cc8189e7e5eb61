"""`Frozen` behaves as ``@dataclass(frozen=True, slots=True)`` does, whatever is done to a value."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar

import pytest

from dolt_tui.frozen import Frozen


class Point(Frozen):
    """With defaults of all kinds."""

    x: int
    y: int = 2
    names: tuple[str, ...] = ()
    seen: list[int] = field(default_factory=list)
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)
    ORIGIN: ClassVar[int] = 0

    @property
    def total(self) -> int:
        return self.x + self.y


@dataclass(frozen=True, slots=True)
class Reference:
    """The same as a dataclass."""

    x: int
    y: int = 2
    names: tuple[str, ...] = ()
    seen: list[int] = field(default_factory=list)
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)
    ORIGIN: ClassVar[int] = 0


class Nothing(Frozen):
    """Without fields."""


class One(Frozen):
    value: float


class Named(Frozen, kw_only=True):
    name: str
    size: int = 1


class Base(Frozen):
    a: int
    b: int = 2


class Derived(Base):
    c: int = 3
    b: int = 20


class Checked(Frozen):
    value: int

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("negative")


@pytest.mark.parametrize("kind", [Point, Reference])
def test_both_are_alike(kind: Any) -> None:
    one, other = kind(1, 2, ("a",), note="n", secret="s"), kind(1, names=("a",), note="other", secret="s")
    assert one == other
    assert one != kind(1, 2, ("b",), secret="s")
    assert one != kind(1, names=("a",), secret="other")
    assert one != 1
    assert one.seen == []
    assert one.seen is not other.seen
    assert repr(one).endswith("(x=1, y=2, names=('a',), seen=[], note='n')")
    assert replace(one, x=5) == kind(5, 2, ("a",), secret="s")
    assert replace(one).note == "n"
    assert asdict(one) == {"x": 1, "y": 2, "names": ("a",), "seen": [], "note": "n", "secret": "s"}
    assert [item.name for item in fields(one)] == ["x", "y", "names", "seen", "note", "secret"]
    assert [is_dataclass(each) for each in (one, kind)] == [True, True]
    assert kind.ORIGIN == one.ORIGIN == 0
    changes: list[Callable[[], object]] = [
        lambda: setattr(one, "x", 3),
        lambda: setattr(one, "other", 3),
        lambda: delattr(one, "x"),
    ]
    for change in changes:
        with pytest.raises((FrozenInstanceError, TypeError)):
            change()
    with pytest.raises(TypeError):
        hash(one)  # of a list
    calls: list[Callable[[], object]] = [
        lambda: kind(),
        lambda: kind(1, z=2),
        lambda: kind(1, 2, (), [], "", "", 7),
    ]
    for wrong in calls:
        with pytest.raises(TypeError):
            wrong()
    for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (again, again.note) == (one, "n")
    match one:
        case Point(x, y) | Reference(x, y):
            assert (x, y) == (1, 2)
        case _:
            raise AssertionError


def test_a_property() -> None:
    assert Point(1).total == 3


def test_hashes() -> None:
    assert hash(One(1.5)) == hash(One(1.5))
    assert {One(1.0), One(1.0), One(2.0)} == {One(1.0), One(2.0)}
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1


def test_a_value_is_equal_to_itself_whatever_it_holds() -> None:
    nan = float("nan")
    assert One(nan) == One(nan)
    assert One(float("nan")) != One(nan)


def test_values_of_two_classes_differ() -> None:
    assert One(1) != Base(1)
    assert Base(1, 20) != Derived(1)


def test_fields_by_name_only() -> None:
    assert Named(name="a") == Named(size=1, name="a")
    with pytest.raises(TypeError):
        Named("a")  # type: ignore[call-arg]


def test_a_class_below_another() -> None:
    assert Base(1) == Base(1, 2)  # first, so that its __init__ is there already
    made = Derived(1)
    assert (made.a, made.b, made.c) == (1, 20, 3)
    assert repr(made) == "Derived(a=1, b=20, c=3)"
    assert replace(made, c=4) == Derived(1, c=4)


def test_what_is_done_after_init() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="negative"):
            Checked(-1)
    assert Checked(1).value == 1


def test_slots() -> None:
    with pytest.raises(AttributeError):
        _ = Point(1).__dict__
