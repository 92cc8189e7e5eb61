"""JSON objects merged by their keys."""

from __future__ import annotations

import pytest

from dolt_tui.engine.conflicts.json_keys import equal, is_object, merge_objects


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ('{"a": 1}', '{"a": 1, "b": 2}', '{"a": 1, "c": 3}', '{"a": 1, "b": 2, "c": 3}'),
        ('{"a": 1, "b": 2}', '{"a": 5, "b": 2}', '{"a": 1}', '{"a": 5}'),
        ('{"a": 1}', '{"a": 2}', '{ "a" : 2.0 }', '{"a": 2}'),
        (None, '{"a": 1.50}', '{"b": 1e3}', '{"a": 1.50, "b": 1e3}'),
        ("[1]", '{"ä\\"": "}"}', '{"b": {}}', '{"ä\\"": "}", "b": {}}'),
        ('{"x": {"a": 1, "b": 1}}', '{"x": {"a": 2, "b": 1}}', '{"x": {"a": 1}, "y": []}', '{"x": {"a": 2}, "y": []}'),
        ("{}", "{}", " {  } ", "{}"),
        ('{"a": 123456789012345678901}', '{"a": 123456789012345678901}', '{"a": 0.1}', '{"a": 0.1}'),
    ],
)
def test_what_each_side_did_is_kept(base: str | None, ours: str, theirs: str, merged: str) -> None:
    assert merge_objects(base, ours, theirs) == (merged, ())


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "keys"),
    [
        ('{"a": 1}', '{"a": 2}', '{"a": 3}', ("a",)),
        ('{"a": 1}', '{"a": 2, "b": 1}', "{}", ("a",)),
        ("{}", '{"a": true}', '{"a": 1}', ("a",)),
        ('{"x": {"a": 1}}', '{"x": {"a": 2}, "y": [1]}', '{"x": {"a": 3}, "y": [2]}', ("x.a", "y")),
    ],
)
def test_keys_that_both_changed(base: str, ours: str, theirs: str, keys: tuple[str, ...]) -> None:
    assert merge_objects(base, ours, theirs) == (None, keys)


def test_what_is_no_object() -> None:
    assert [is_object(text) for text in ("{}", "[]", "1", "{", None, b"{}", '{"a": 1} x')] == [True] + [False] * 6
    assert equal({"a": [1, {"b": None}], "c": 1.0}, {"c": 1, "a": [1, {"b": None}]})
    assert not equal({"a": [True]}, {"a": [1]})
    with pytest.raises(ValueError, match="no JSON object"):
        merge_objects(None, "[1]", "{}")
    deep = ['{"a": ' * 600 + value + "}" * 600 for value in "123"]
    with pytest.raises(ValueError, match="Too many objects"):
        merge_objects(*deep)
