"""What the session tells: frozen values that say what happened. Screens listen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from dolt_tui.frozen import Frozen

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Applied, Incoming
    from dolt_tui.ui.present.runs import Ran
    from dolt_tui.ui.session.reads import Part

Severity = Literal["information", "warning", "error"]


class Event(Frozen):
    """Something happened; told on the event loop."""


class Arrived(Event):
    """What a pane shows was read: it is to be handed over (`Part.found`), or it says why not (`Part.error`)."""

    part: Part


class Counted(Event):
    """What a pane shows has numbers now that were not known when it was read."""

    scope: str
    """Of `dolt_tui.ui.session.reads`."""
    found: Any
    """What the pane reads, with the numbers; of the log their number."""


class Unreadable(Event):
    """Nothing could be read of a branch that nothing is shown of yet."""

    error: Exception


class Settled(Event):
    """All that was being read is there."""

    first: bool
    """For the first time on this branch."""
    moved: bool
    """The branch has another last commit since a change of ours."""
    same: bool = False
    """Only what could not be read was asked again, to no avail, and nothing else changed."""


class HoldChanged(Event):
    """Keys have one reason more, or less, to wait."""


class DraftChanged(Event):
    """The draft of the branch is another one, or more is known about it."""

    written: bool
    """It was written: the rows that it was about have to be read again."""


class StagingChanged(Event):
    """Rows were staged or unstaged by a key, or it failed: what is shown of them is old."""


class StepsChanged(Event):
    """Other steps can be undone or redone."""


class ServerLost(Event):
    """The database cannot be reached from now on."""

    error: Exception


class ServerBack(Event):
    """The database can be reached again, and everything has been read again."""


class BranchGone(Event):
    """The branch, or the commit that is open, is no longer there, or hidden by another one."""

    error: Exception | None
    """What the database says, where it was asked."""
    default: str
    """Where to go instead."""
    answered: Callable[[bool], None]
    """To be called once the user has decided: whether to switch to ``default``."""


class Failed(Event):
    """Something that the user waits for failed."""

    what: str
    """What was tried, beginning with a verb of `dolt_tui.ui.present.verbs`."""
    error: Exception
    then: Callable[[], None] | None = None
    """What to go on with once the user has read it."""


class Fault(Event):
    """An error that is no answer of the database, but one of ours."""

    error: Exception
    where: str


class Told(Event):
    """A quiet message is to be shown."""

    text: str
    severity: Severity = "information"


class NoWayBack(Event):
    """A change would destroy what cannot be kept; nothing was done yet."""

    what: str
    error: Exception
    anyway: Callable[[], None]
    """Does it anyway."""
    given_up: Callable[[], object]
    """To be called where it is not done."""


class Progress(Event):
    """The bars are to be drawn again."""


class ConsoleRan(Event):
    """Statements of the console were run."""

    runs: Sequence[Ran]
    """The oldest first."""


class ResolvingOpened(Event):
    """Something conflicts where it is brought into the branch: what is to be decided (`Resolving`) wants a screen.

    Told again where something else conflicts then, as at another commit.
    """


class ResolvingChanged(Event):
    """More is decided, or known, about what is being resolved."""


class ResolvingEnded(Event):
    """Nothing is being resolved any more."""

    incoming: Incoming
    result: Applied | None
    """What came of it; None: nothing was brought in."""


class DatabaseWanted(Event):
    """A statement asks for another database."""

    name: str


class TransactionOpen(Event):
    """Something was asked for that has to wait until the open transaction of the console has ended."""

    what: str
    """Beginning with a verb of `dolt_tui.ui.present.verbs`."""
    then: Callable[[], None]
    """Goes on with it."""


class Left(Event):
    """Another branch or commit is the current one; nothing of it has been read yet."""


class Switched(Event):
    """All of another branch is there."""

    branch: str


E = TypeVar("E", bound=Event)


class Events:
    """Who listens to what; to be used on the event loop only."""

    def __init__(self) -> None:
        self._handlers: dict[type[Event], list[Callable[[Any], None]]] = {}

    def listen(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call ``handler`` with each event of this kind from now on; what is returned ends that."""
        handlers = self._handlers.setdefault(kind, [])
        handlers.append(handler)
        return lambda: handlers.remove(handler)

    def tell(self, event: Event) -> None:
        """Call everybody who listens to events of this kind, in the order in which they began to; at once."""
        for handler in tuple(self._handlers.get(type(event), ())):
            handler(event)
