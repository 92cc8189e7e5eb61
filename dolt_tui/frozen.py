"""Frozen values that cost little to define.

A class below `Frozen` is written, and checked by mypy, like ``@dataclass(frozen=True, slots=True)``; what `dataclasses`
has for such classes (``replace``, ``asdict``, ``fields``, ``field``) works, and so does ``match``. But a dataclass
compiles seven methods when it is defined, whether they are used or not: 0.3 ms for each class, and the program has two
hundred. Here nothing is compiled before the first value is made, and then only ``__init__``; the rest is inherited.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

F = TypeVar("F", bound="Frozen")

_MISSING: Any = dataclasses.MISSING
_FIELD: Any = vars(dataclasses)["_FIELD"]
"""How `dataclasses` marks what is a field: no variable of the class, and no parameter only."""


class _Fields:
    """``__dataclass_fields__``, made when `dataclasses` asks for it."""

    def __get__(self, instance: object, owner: Any) -> dict[str, dataclasses.Field[Any]]:
        found: dict[str, dataclasses.Field[Any]] = {}
        for name, (annotation, default) in owner.__frozen_fields__.items():
            one: Any = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
            one.name, one.type, one._field_type = name, annotation, _FIELD
            found[name] = one
        owner.__dataclass_fields__ = found
        return found


class _FrozenType(type):
    """Makes the classes: their fields become slots."""

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, kw_only: bool = False
    ) -> _FrozenType:
        declared: dict[str, tuple[str, Any]] = {}
        for base in reversed(bases):
            declared |= getattr(base, "__frozen_fields__", {})
        slots = []
        for field, annotation in namespace.get("__annotations__", {}).items():
            if annotation.startswith("ClassVar"):
                continue
            if field not in declared:
                slots.append(field)
            declared[field] = annotation, namespace.pop(field, _MISSING)
        compared = [field for field, (_, default) in declared.items() if _option(default, "compare")]
        namespace |= {
            "__slots__": tuple(slots),
            "__match_args__": () if kw_only else tuple(declared),
            "__dataclass_fields__": _Fields(),
            "__frozen_fields__": declared,
            "__frozen_kw_only__": kw_only,
            "__frozen_key__": attrgetter(*compared, *compared[:1]) if compared else _nothing,
        }
        namespace.setdefault("__init__", _first)
        return super().__new__(mcls, name, bases, namespace)


def _option(default: object, name: str) -> bool:
    """What a field is told by `dataclasses.field`; True where it is not told."""
    return not isinstance(default, dataclasses.Field) or bool(getattr(default, name))


def _nothing(_: object) -> tuple[()]:
    """What is compared of values without fields."""
    return ()


def _first(self: Any, *values: Any, **named: Any) -> None:
    """Stands for ``__init__`` until the first value of a class is made."""
    _define_init(type(self))
    self.__init__(*values, **named)


def _define_init(owner: Any) -> None:
    """Compile ``__init__`` of a class."""
    names: dict[str, Any] = {}
    parameters, lines = ["self", *(["*"] if owner.__frozen_kw_only__ else [])], []
    for name, (_, default) in owner.__frozen_fields__.items():
        names[f"_set_{name}"] = getattr(owner, name).__set__
        value = name
        if isinstance(default, dataclasses.Field):
            if default.default_factory is not _MISSING:
                names[f"_make_{name}"] = default.default_factory
                value = f"_make_{name}() if {name} is _MISSING else {name}"
                default = _MISSING, True
            else:
                default = default.default, default.default is not _MISSING
        else:
            default = default, default is not _MISSING
        if default[1]:
            names[f"_default_{name}"] = default[0]
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f"    _set_{name}(self, {value})\n")
    if hasattr(owner, "__post_init__"):
        lines.append("    self.__post_init__()\n")
    names["_MISSING"] = _MISSING
    made: dict[str, Any] = {}
    exec(f"def __init__({', '.join(parameters)}):\n{''.join(lines) or '    pass'}", names, made)
    made["__init__"].__qualname__ = f"{owner.__qualname__}.__init__"
    owner.__init__ = made["__init__"]


def _restored(owner: type[F], values: tuple[Any, ...]) -> F:
    """A value as it was when it was copied or pickled."""
    made = object.__new__(owner)
    for name, value in zip(owner.__frozen_fields__, values, strict=True):
        object.__setattr__(made, name, value)
    return made


@dataclass_transform(eq_default=True, frozen_default=True, field_specifiers=(dataclasses.field,))
class Frozen(metaclass=_FrozenType):
    """The base of frozen values: equal where the class and all fields are, hashable where all fields are."""

    __frozen_fields__: ClassVar[dict[str, tuple[str, Any]]]
    """Annotation and default, or `dataclasses.Field`, of each field."""
    __frozen_kw_only__: ClassVar[bool]
    __frozen_key__: ClassVar[Callable[[Any], Any]]
    """Gives what two values of the class are compared by."""
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other.__class__ is not self.__class__:
            return NotImplemented
        compared = self.__class__.__frozen_key__
        return bool(compared(self) == compared(other))

    def __hash__(self) -> int:
        return hash(self.__class__.__frozen_key__(self))

    def __repr__(self) -> str:
        named = (name for name, (_, default) in self.__frozen_fields__.items() if _option(default, "repr"))
        shown = (f"{name}={getattr(self, name)!r}" for name in named)
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), tuple(getattr(self, name) for name in self.__frozen_fields__))
