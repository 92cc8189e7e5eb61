"""What is staged put aside while something is merged, as it would become part of the merge commit, and staged again.

See engine-facts.md#a-conflicting-merge-commits-what-is-staged. Both engines unstage at once, not with a transaction: a
program that is killed in between leaves it unstaged, and undoing its interrupted step stages it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..core.cancellation import uncancelled
from ..core.compare_and_write import table_hashes
from ..core.connections import Connections, Session
from ..errors import EngineError, LocalChanges
from ..versioning.working_set import WorkingSet


class Aside:
    """What was put aside."""

    def __init__(self) -> None:
        self.staged: tuple[str, ...] = ()
        """The tables that are staged again by now."""
        self.lost: tuple[str, ...] = ()
        """Those that could not be, or that another session changed meanwhile: their changes are not staged any more."""


@contextmanager
def put_aside(db: Connections, branch: str, *, keep: bool = False) -> Iterator[Aside]:
    """Unstage everything, and stage it again afterwards, whatever happens; with ``keep`` nothing is done.

    Raises `LocalChanges` where a table is staged and differs from what is staged: that could not be brought back.
    """
    aside = Aside()
    if keep:
        yield aside
        return
    with db.read(branch, "what is staged") as session:
        changes = WorkingSet.read_status(session)
        names = list(dict.fromkeys(n for c in changes.staged for n in (c.old_name, c.table) if n))
        if twice := changes.staged_in_part:
            verb = "is" if len(twice) == 1 else "are"
            raise LocalChanges(
                f"{', '.join(twice)} {verb} staged in part, which would become part of the merge commit.",
                "Commit or unstage first. Nothing was changed.",
            )
        before = table_hashes(session, names)
    if not names:
        yield aside
        return
    db.write(branch, lambda session: session.call("dolt_reset"), "put aside what is staged", retry=True)
    try:
        yield aside
    finally:

        def again(session: Session) -> list[str]:
            now = table_hashes(session, names)
            same = [name for name in names if now[name] == before[name]]
            if same:
                session.call("dolt_add", "-f", "--", *same)
            return same

        with uncancelled():
            try:
                found = db.write(branch, again, "stage again what was staged", retry=True)
            except EngineError:
                found = []
        aside.staged = tuple(found)
        aside.lost = tuple(name for name in names if name not in found)
