"""What a command is, and how one is declared: with `command`, on the method that carries it out.

A class of such methods is a group of actions (`dolt_tui.ui.actions`); a `CommandSet` is made of groups. Nothing else
has to be told of a command: footer, keys, palette, README and every sentence that names its key ask the set.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, TypeVar

from dolt_tui.frozen import Frozen

EVERYWHERE = "everywhere"
CHANGES = "changes"
BRANCHES = "branches"
LOG = "log"
TABLES = "tables"
QUERIES = "queries"
TAGS = "tags"
REMOTES = "remotes"
MAIN = "main"
SUMMARY = "summary"
STASHES = "stashes"
REFLOG = "reflog"
CONSOLE = "console"
DRAFT = "draft"
RESULT = "result"
MESSAGES = "messages"
PLAN = "plan"
UNCOMMITTED = "uncommitted"
COMMITS = "commits"
FREQUENCY = "frequency"
PROFILE = "profile"
RECORD = "record"
UNCOMMITTED_RECORD = "uncommitted-record"
RESULT_RECORD = "result-record"
ROW = "row"
RESOLVER = "resolver"
CONFLICTS = "conflicts"
CONFLICT_ROWS = "conflict-rows"
RULES = "rules"
ROW_CHANGES = "row-changes"
SCHEMA_CONFLICT = "schema-conflict"
BROKEN_ROWS = "broken-rows"

HEADINGS = {
    EVERYWHERE: "everywhere",
    CHANGES: "in Changes",
    BRANCHES: "in Branches",
    REMOTES: "in Remotes",
    TAGS: "in Tags",
    LOG: "in Log",
    TABLES: "in Tables",
    QUERIES: "in Queries",
    MAIN: "in the main pane",
    UNCOMMITTED: "in uncommitted rows",
    COMMITS: "in commits of the main pane",
    FREQUENCY: "in a frequency",
    PROFILE: "in a profile",
    RECORD: "in a record",
    UNCOMMITTED_RECORD: "in an uncommitted record",
    RESULT_RECORD: "in a record of a result",
    ROW: "in Row",
    SUMMARY: "in Summary",
    STASHES: "in Stashes",
    REFLOG: "in Reflog",
    CONSOLE: "in the console",
    DRAFT: "in Draft",
    RESULT: "in Result",
    MESSAGES: "in Messages",
    PLAN: "in Plan",
    RESOLVER: "in the resolver",
    CONFLICTS: "in Conflicts",
    CONFLICT_ROWS: "in conflicting rows",
    ROW_CHANGES: "in Who changed the row",
    RULES: "in Rules",
    SCHEMA_CONFLICT: "in a conflict of definitions",
    BROKEN_ROWS: "in rows that break a constraint",
}
"""Where commands are, in the order of the documentation. Others are of a screen or pane that a group brings along."""

WITHIN = {
    UNCOMMITTED: MAIN,
    COMMITS: MAIN,
    FREQUENCY: MAIN,
    PROFILE: MAIN,
    RECORD: MAIN,
    UNCOMMITTED_RECORD: RECORD,
    RESULT_RECORD: RESULT,
    SCHEMA_CONFLICT: CONFLICT_ROWS,
    BROKEN_ROWS: CONFLICT_ROWS,
}
"""What a pane is while it shows something of one kind, with the pane, or with what that is a kind of: the commands
declared for it go before those of the pane."""


def parts_of(place: str) -> tuple[str, ...]:
    """A place, what it is a kind of, and so on up to the pane."""
    return (place, *parts_of(WITHIN[place])) if place in WITHIN else (place,)


def within(pane: str) -> tuple[str, ...]:
    """What a pane can be, those that are a kind of another one behind that."""
    return tuple(sorted((place for place in WITHIN if parts_of(place)[-1] == pane), key=lambda one: len(parts_of(one))))


Reason = Callable[[Any], str]
"""A method of the command's group: why the command cannot run now; empty when it can."""
Word = Callable[[Any], str]
"""A method of the command's group: what the command does to what is selected now, in a word or two for the footer;
empty where that is what it does otherwise. It is asked only while the command can run."""
Handler = TypeVar("Handler", bound=Callable[[Any], None])


class Footer(Enum):
    """Whether the footer shows a command while its pane has the focus and it can run."""

    NEVER = auto()
    """What every list has, or what the footer shows anyway."""
    NO = auto()
    """Only where there is room behind everything else."""
    LAST = auto()
    """Where there is room behind the commands that every pane has."""
    YES = auto()
    FIRST = auto()
    """Before all others: what one most likely wants now."""


Shows = Callable[[Any], Footer]
"""A method of the command's group: whether the footer shows the command now. It is asked only while it can run."""


class Offer(Frozen):
    """A choice in the dialog of a command, which the palette lists as if it were a command."""

    letter: str
    """What chooses it there; empty where it is not chosen by one key."""
    title: str
    synonyms: tuple[str, ...] = ()
    runs: str = ""


class Command(Frozen):
    """Something that a key does in one place. What is in several places is declared for each, with the same id."""

    id: str
    """What the configuration file remaps."""
    key: str
    """Textual's name of the key; more than one separated by commas; none for what only the palette offers."""
    short: str
    """One or two words, for the footer."""
    title: str
    """For the palette, the help and the documentation."""
    where: str
    """The name of the pane or screen (`HEADINGS`)."""
    footer: Footer
    shows: Shows | None
    """Whether the footer shows it now, where that depends on what is selected or in progress; else `footer`."""
    says: Word | None
    """What the footer calls it now, where that depends on what is selected; else `short`."""
    synonyms: tuple[str, ...]
    """What it is called elsewhere: the palette finds it by these too."""
    about: str
    """One or two sentences for the palette: what it does, where the title does not say all of it."""
    runs: str
    """The statement that it comes down to, in short and without ``CALL``: ``dolt_merge('branch')``; empty where that
    says nothing."""
    offers: tuple[Offer, ...]
    """What its dialog offers and people look for by name."""
    shown: str
    """The key as people read it, where Textual's name isn't it."""
    writes: bool
    """Whether it changes the database or a remote: it cannot run where that was opened read-only."""
    destroys: bool
    """Whether it takes away what is selected, or throws something away for it: not where another line came under the
    cursor by itself, before one has seen that."""
    previews: bool
    """Whether all that it does before something is chosen is to show what that would do: read-only too, although it
    writes."""
    from_commits: bool
    """Whether it makes sense while an older commit is open, although it writes."""
    offline: bool
    """Whether it needs no server."""
    feature: str
    """What some engines and versions lack and the command needs (`RepositoryInfo.lacks`); empty for nothing."""
    searching: bool
    """Whether it goes before what its key means otherwise, in a pane that is being searched."""
    beside: bool
    """Whether it may run while rows that a key has staged are not in the database yet, although it writes."""
    waits: bool
    """Whether it has to wait until what runs has ended."""
    rank: int
    """Where it is among the commands of its place: the lower the earlier, then as declared."""
    unless: tuple[Reason, ...]
    """The reasons for which it cannot run; the first that is not empty is told."""
    handler: Callable[[Any], None]
    group: type[Any] | None = None
    """The class of the handler; the `CommandSet` finds it out."""

    def reason(self, group: object) -> str:
        """Why it cannot run now, as far as its group knows; empty when it can."""
        return next((found for reason in self.unless if (found := reason(group))), "")

    def word(self, group: object) -> str:
        """What the footer calls it now."""
        return (self.says(group) if self.says is not None else "") or self.short

    def shown_now(self, group: object) -> Footer:
        """Whether the footer shows it now."""
        return self.footer if self.shows is None else self.shows(group)


def command(
    id: str,  # noqa: A002
    key: str,
    short: str,
    title: str,
    where: str | tuple[str, ...] = EVERYWHERE,
    *,
    footer: Footer | bool | Shows = Footer.NO,
    says: Word | None = None,
    synonyms: tuple[str, ...] = (),
    about: str = "",
    runs: str = "",
    offers: tuple[Offer, ...] = (),
    shown: str = "",
    writes: bool = False,
    destroys: bool = False,
    previews: bool = False,
    from_commits: bool = False,
    offline: bool = False,
    feature: str = "",
    searching: bool = False,
    beside: bool = False,
    waits: bool = True,
    rank: int = 0,
    unless: Reason | tuple[Reason, ...] = (),
) -> Callable[[Handler], Handler]:
    """Declare a command on the method that carries it out; the arguments are the fields of `Command`."""
    places = (where,) if isinstance(where, str) else where
    shows = None if isinstance(footer, Footer | bool) else footer
    always = footer if isinstance(footer, Footer) else Footer.YES if footer else Footer.NO
    reasons = unless if isinstance(unless, tuple) else (unless,)

    def declare(handler: Handler) -> Handler:
        found = [
            Command(
                id=id,
                key=key,
                short=short,
                title=title,
                where=place,
                footer=always,
                shows=shows,
                says=says,
                synonyms=synonyms,
                about=about,
                runs=runs,
                offers=offers,
                shown=shown,
                writes=writes,
                destroys=destroys,
                previews=previews,
                from_commits=from_commits,
                offline=offline,
                feature=feature,
                searching=searching,
                beside=beside,
                waits=waits,
                rank=rank,
                unless=reasons,
                handler=handler,
            )
            for place in places
        ]
        handler.__dict__["commands"] = [*found, *handler.__dict__.get("commands", ())]
        return handler

    return declare


def declared(group: type[Any]) -> list[Command]:
    """The commands that a group declares, those of the classes that it extends before its own."""
    handlers = {name: value for base in reversed(group.__mro__) for name, value in vars(base).items()}
    return [item for handler in handlers.values() for item in getattr(handler, "commands", ()) if callable(handler)]
