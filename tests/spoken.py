"""Data that speaks like the engines."""

from __future__ import annotations

import re

from dolt_tui.engine.errors.texts import patterns


def spoken() -> list[str]:
    """A text for each pattern that it matches: what somebody may have as a value, a name or a message of a trigger."""
    texts = []
    for pattern, *_ in patterns():
        text = re.sub(r"(?<!\\)\(\?:([^|()]*)(?:\|[^()]*)?\)\??", r"\1", pattern.pattern)
        text = re.sub(r"(?<!\\)\[(?:\^[^]]*|(.)[^]]*)\]\*?", lambda found: found[1] or "x", text)
        text = text.replace(r"\n", "\n").replace(".*", "x").replace(r"\w+", "x").replace("@?", "").removesuffix("$")
        text = re.sub(r"\\(.)|\.", lambda found: found[1] or "x", text)
        assert pattern.match(text), (pattern.pattern, text)
        texts.append(text)
    return texts
