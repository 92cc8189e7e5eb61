"""How often the session looks, and how long it waits: one value, handed in when the program starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.frozen import Frozen

if TYPE_CHECKING:
    from dolt_tui.config_rules import KeptRule


class Settings(Frozen):
    """Times are in seconds."""

    poll_seconds: float = 1.0
    """How often it is asked whether another session changed something."""
    refs_every: int = 4
    """Branches and tags cost more to look at than the working set: at each so many polls."""
    retry_every: int = 10
    """What could not be read is asked again at each so many polls, and when its pane is read anyway."""
    tick_seconds: float = 0.25
    """How often what takes long is drawn again, with its seconds."""
    patience: float = 15.0
    """A poll that takes longer than this is dropped, and begun again on another connection."""
    overdue_after: float = 2.0
    """An answer about the state that takes longer than this is told, with its seconds."""
    shown_after: float = 0.3
    """What takes longer than this is shown in the header."""
    old_after: float = 0.3
    """What is shown below another title is dimmed after this: at once would only flicker."""
    long_after: float = 1.0
    """A reading of rows that has taken so long is not broken off because something changed: another one follows it."""
    log_page: int = 100
    """The commits of one page of the log."""
    ask_above: int | None = 1000
    """A statement of the console that changes more rows than this is committed only after asking; None: never."""
    hint_after: float = 0.3
    """How long no key has to come until it is looked at what a statement that is being written would do."""
    blamed_unasked: int = 50_000
    """Tables of up to so many rows are blamed without asking, where that reads all of them: a second or less."""
    rules: tuple[KeptRule, ...] = ()
    """Rules for conflicts that the configuration has."""
    keep_rule: Callable[[KeptRule], tuple[KeptRule, ...]] | None = None
    """Adds one to it, and returns all that it has then; blocks, and raises `ConfigError`. None: none can be added."""
    keep_choice: Callable[[str, str], None] | None = None
    """Sets a key of the configuration's section ``[ui]`` to a text; blocks, and raises `ConfigError`. None: it is not
    kept."""
