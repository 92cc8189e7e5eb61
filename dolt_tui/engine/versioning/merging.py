"""Merging: what it would do, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from ..browsing.diff_counts import changes_between
from ..core.compare_and_write import expect, look, named_ref
from ..core.connections import Connections, Session
from ..core.constraint_violations import conflict_words
from ..core.revisions import resolve
from ..core.scratch_branch import scratch
from ..core.table_changes import summarise
from ..errors import NO_ANSWER, Conflicts, EngineError, LocalChanges
from ..model import Call, ConflictCount, Expected, MergeKind, MergePreview, MergeResult, Violation
from ..model.rewriting import merge_message
from .conflict_forecast import with_missed
from .working_set import WorkingSet


class Merging:
    """Merges into a branch."""

    def __init__(self, db: Connections, working: WorkingSet) -> None:
        self._db = db
        self._working = working

    def preview(
        self, target: str, source: str, *, tip: str = "", counts: bool = False, conflicts: bool = False
    ) -> MergePreview:
        """What a merge of ``source`` into branch ``target`` would do. Nobody else sees anything of it.

        ``tip`` is the hash of the commit that is meant by ``source``, where that is known or no name of a branch.

        Without ``counts`` and ``conflicts`` it takes milliseconds; counting takes as long as the rows that
        differ ask for, and finding conflicts is a whole merge on the server, whose result is thrown away.
        """
        status = self._working.status(target)
        dirty = {
            name for change in (*status.unstaged, *status.staged) for name in (change.table, change.old_name) if name
        }
        with self._db.read(target, "merge preview") as session:
            dialect = session.dialect
            seen = [look(session).ref_only]
            named, given, tip = tip or source, tip, tip or resolve(session, source)
            if not given:
                seen += named_ref(session, source, tip)
            head = seen[0].hash
            base = str(session.scalar(f"SELECT dolt_merge_base({dialect.placeholders(2)})", head, tip) or "")
            ours, theirs = dialect.distance(session, head, tip)
            changes = changes_between(session, base, tip, counts=counts) if base and theirs else ()
            touched = {name for change in changes for name in (change.table, change.old_name) if name}
            if ours and theirs:
                for change in summarise(session, base, head):
                    touched |= {name for name in (change.table, change.old_name) if name}
            found: tuple[ConflictCount, ...] = ()
            broken: tuple[Violation, ...] | None = () if ours == 0 or theirs == 0 else None
            known, reason = ours == 0 or theirs == 0, ""
            if conflicts and not known:
                # DoltLite finds conflicts by merging, which uncommitted changes would block.
                blocked = dirty & touched and not dialect.traits.server and not self._db.read_only
                try:
                    with (
                        scratch(self._db, target, head) if blocked else nullcontext(target) as on,
                        self._db.trial(on, "merge preview") as trial,
                    ):
                        found, broken = dialect.merge_conflicts(trial, target, named, head, tip)
                    found = with_missed(session, found, base, head, tip)
                    known = True
                except NO_ANSWER:
                    raise
                except EngineError as error:
                    reason = error.detail or error.message
        in_the_way = tuple(sorted(dirty & touched)) if theirs else ()
        return MergePreview(
            source,
            target,
            base,
            ours,
            theirs,
            changes,
            found,
            in_the_way,
            tuple(sorted(dirty - touched)),
            known,
            reason,
            tuple(seen),
            tip,
            broken or (),
            broken is not None,
            bool(status.staged),
        )

    def merge_calls(
        self, target: str, source: str, kind: MergeKind, message: str = "", *, tip: str
    ) -> tuple[Call, ...]:
        """What `merge` runs; ``tip`` is the commit that is meant by ``source``."""
        arguments = self._db.dialect.merge_arguments(tip, kind, _message(message, source, target))
        return (self._db.procedure("dolt_merge", *arguments),)

    def merge(
        self,
        target: str,
        source: str,
        kind: MergeKind,
        message: str = "",
        *,
        tip: str = "",
        expected: Sequence[Expected] = (),
    ) -> MergeResult:
        """Merge ``source``, or the commit ``tip`` that is meant by it, into branch ``target``.

        ``expected`` is what `preview` saw of both sides: `ChangedMeanwhile` is raised where one has moved.

        A squash stages what the merge changes and makes no commit.
        A merge that conflicts changes nothing and raises `Conflicts` with the tables and numbers of rows.
        Raises `LocalChanges` when uncommitted changes are in the way, `NotFastForward`, `RefNotFound`.
        """
        message = _message(message, source, target)

        def work(session: Session) -> MergeResult:
            expect(session, *expected)
            # By hash: a name that begins with a dash would be taken for an option.
            # engine-facts.md#dashes
            return session.dialect.merge(session, tip or resolve(session, source), kind, message)

        try:
            return self._db.write(target, work, "merge", retry=True)
        except LocalChanges as error:
            in_the_way = self.preview(target, source, tip=tip).in_the_way
            tables = f" in {', '.join(in_the_way)}" if in_the_way else ""
            raise LocalChanges(
                f"Uncommitted changes{tables} are in the way of the merge.", detail=error.detail
            ) from error
        except Conflicts as error:
            raise Conflicts(
                f"Merging {source} {conflict_words(error)}. Nothing was changed.",
                error.tables,
                "Change one of the branches so that they agree, then merge again.",
                error.detail,
                error.violations,
            ) from error


def _message(message: str, source: str, target: str) -> str:
    return message.strip() or merge_message(source, target)
