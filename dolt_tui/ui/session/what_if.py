"""The database as it would be after a merge, looked at before that is done: on a temporary branch, read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.ui.session.events import Left
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Incoming, ResolutionPlan, WhatIf
    from dolt_tui.ui.session.session import Session

DROPPING = "drop what was looked at"
"""With the name of a temporary branch the lane of `Jobs` in which it is deleted."""


class WhatIfs:
    """What is looked at before it is merged. Everything here is called on the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[str, tuple[Incoming, WhatIf]] = {}
        """By the commit that is looked at."""
        self._back_to: Incoming | None = None
        """What was being resolved: it is shown again afterwards."""
        session.events.listen(Left, lambda _: self._left())

    @property
    def coming_back(self) -> bool:
        """Whether what was being resolved is shown again afterwards."""
        return self._back_to is not None

    def open(self, incoming: Incoming, plan: ResolutionPlan | None = None, *, resolving: bool = False) -> None:
        """Merge on a branch of its own and open what comes of it; ``esc`` goes back, and the branch goes.

        What ``plan`` leaves open is as ours has it. ``resolving``: conflicts are shown again when one comes back.
        Keys wait while it is merged.
        """
        session, repository = self._session, self._session.repository

        def done(made: WhatIf) -> None:
            def go() -> None:
                self._made[made.commit] = incoming, made
                self._back_to = incoming if resolving else None
                left = session.resolving.left if resolving and session.resolving.now is not None else 0
                session.open_at(made.commit, f"{incoming.branch} with {incoming.source} merged")
                if left:
                    session.tell(f"{plural(left, 'undecided conflict')}: as ours has {'it' if left == 1 else 'them'}")

            session.leaving.leave("look at the merged database", go)
            if made.commit not in self._made:
                self._drop(incoming, made)

        session.look("merge for a look", lambda: repository.resolver.what_if(incoming, plan), done)

    def _left(self) -> None:
        session, back = self._session, self._back_to
        here = session.state.branch
        for commit, (incoming, made) in list(self._made.items()):
            if commit != here:
                del self._made[commit]
                self._drop(incoming, made)
        if back is not None and here not in self._made:
            self._back_to = None
            if here == back.branch:
                session.refresh.after(lambda: session.resolving.open(back))

    def _drop(self, incoming: Incoming, made: WhatIf) -> None:
        repository = self._session.repository
        resolver, comes_back = repository.resolver, self._back_to is not None

        def work() -> None:
            resolver.drop_what_if(incoming.branch, made)
            if not comes_back:
                resolver.leave(incoming)

        self._session.quietly(f"{DROPPING} {made.branch}", "", work, lambda _: None)
