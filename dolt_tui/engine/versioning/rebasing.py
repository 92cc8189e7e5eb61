"""Rebasing a branch: what it would do, doing it, and doing it with a plan."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.engine.core.validation import check_plan

from ..core.compare_and_write import expect, look, named_ref, run
from ..core.connections import Connections, Session
from ..core.constraint_violations import conflict_words
from ..core.revisions import resolve
from ..errors import Conflicts, InvalidPlan, LocalChanges, NoParent, NothingChanged
from ..model import HEAD, Call, Commit, Expected, MergeKind
from ..model.rewriting import REBASE_BRANCH, Action, Rebased, RebasePreview, RebaseStep
from .merging import Merging
from .published import published
from .replaying import CONTINUE, INTERACTIVE, paused, plan_calls, replay, start
from .rewriting import MOST_COMMITS
from .working_set import WorkingSet


class Rebasing:
    """Rebases branches."""

    def __init__(self, db: Connections, working: WorkingSet, merging: Merging) -> None:
        self._db = db
        self._working = working
        self._merging = merging

    def _in_the_way(self, branch: str) -> tuple[str, ...]:
        status = self._working.status(branch)
        return tuple(sorted({change.table for change in (*status.unstaged, *status.staged)}))

    def preview(self, branch: str, upstream: str, *, counts: bool = False, conflicts: bool = False) -> RebasePreview:
        """What a rebase of ``branch`` onto ``upstream`` would do. Reading only.

        Without ``counts`` and ``conflicts`` it takes milliseconds; finding conflicts is a whole merge on the server,
        whose result is thrown away. Raises `RefNotFound`.
        """
        with self._db.read(branch, "rebase preview") as session:
            seen = [look(session)]
            base = resolve(session, upstream)
            seen += named_ref(session, upstream, base)
            found = session.dialect.range(session, base, resolve(session, HEAD), MOST_COMMITS)
            known = published(session, found[-1].hash) if found else ()
        merge = self._merging.preview(branch, upstream, counts=counts, conflicts=conflicts)
        return RebasePreview(
            branch,
            upstream,
            base,
            tuple(commit for commit in found if len(commit.parents) < 2),
            tuple(commit for commit in found if len(commit.parents) > 1),
            merge.theirs,
            self._in_the_way(branch),
            merge.changes,
            merge.conflicts,
            merge.conflicts_known,
            merge.blocked_by,
            tuple(seen),
            merge.violations,
            known,
        )

    def rebase(self, branch: str, upstream: str, expected: Sequence[Expected] = ()) -> Rebased:
        """Replay the commits of ``branch`` that ``upstream`` lacks on top of it.

        Merge commits among them are left out, as by the engine. ``expected`` is what `preview` saw of both sides.
        All or nothing: raises `Conflicts` with the tables and numbers of rows, `LocalChanges`, `NothingChanged`,
        `RebaseInProgress`, `RefNotFound`, and `ChangedMeanwhile` where a side is not what was seen.
        """
        preview = self.preview(branch, upstream)
        expected = expected or preview.seen
        self._refuse(preview.in_the_way)
        if not preview.commits and not preview.merges and not preview.theirs:
            raise NothingChanged(f"{branch} and {upstream} are already the same commit.")
        try:

            def work(session: Session) -> None:
                expect(session, *expected)
                if preview.commits or preview.merges:
                    start(session, preview.base, expected[0])
                else:  # the engine finds no commits to replay, and would refuse
                    session.dialect.merge(session, preview.base, MergeKind.FAST_FORWARD, "")

            self._db.write(branch, work, "rebase")
        except Conflicts as error:
            raise _explained(f"Rebasing {branch} onto {upstream}", error) from error
        finally:
            self._ended(branch)
        return Rebased(len(preview.commits))

    def rebase_calls(self, preview: RebasePreview) -> tuple[Call, ...]:
        """What `rebase` runs."""
        if preview.commits or preview.merges:
            return (self._db.procedure("dolt_rebase", preview.base),)
        arguments = self._db.dialect.merge_arguments(preview.base, MergeKind.FAST_FORWARD, "")
        return (self._db.procedure("dolt_merge", *arguments),)

    def plan(self, branch: str, ref: str) -> tuple[str, tuple[RebaseStep, ...], tuple[Commit, ...]]:
        """For an interactive rebase from commit ``ref`` on: its base, its steps in order, and the merges left out.

        Raises `NoParent` for the first commit of the database, `RefNotFound`.
        """
        with self._db.read(branch, "plan of a rebase") as session:
            hash_ = resolve(session, ref)
            commit = session.dialect.log_page(session, (hash_,), 1).commits[0]
            if not commit.parents:
                raise NoParent("The first commit of a database stays as it is.", "Start with the commit after it.")
            base = commit.parents[0]
            found = session.dialect.range(session, base, resolve(session, HEAD), MOST_COMMITS)
        steps = tuple(
            RebaseStep(Action.PICK, item.hash, item.message) for item in reversed(found) if len(item.parents) < 2
        )
        return base, steps, tuple(item for item in found if len(item.parents) > 1)

    def in_the_way(self, branch: str) -> tuple[str, ...]:
        """Tables with uncommitted changes: all of them forbid a rebase, new ones too."""
        return self._in_the_way(branch)

    def interactive(
        self, branch: str, base: str, steps: Sequence[RebaseStep], expected: Expected | None = None
    ) -> Rebased:
        """Replay ``steps``, which hold the commits since ``base``, in their order and with their actions.

        ``expected`` is the branch as it was when the plan was made.

        Stops at a step to be edited: the rebase then waits on the branch that it returns. Anything else is all
        or nothing, as `rebase`. Raises `InvalidPlan` too, and `ChangedMeanwhile` when the branch has other commits.
        """
        check_plan(steps)
        self._refuse(self._in_the_way(branch))
        seen: list[Expected] = []
        try:

            def work(session: Session) -> str:
                expect(session, expected)
                seen.append(expected or look(session))
                return replay(session, base, lambda _: steps, seen[-1])

            said = self._db.write(branch, work, "interactive rebase")
        except Conflicts as error:
            raise _explained(f"Rebasing {branch}", error) from error
        finally:
            self._ended(branch)
        if not paused(said):
            self._keep(branch, base, seen[-1].hash)
        kept = sum(step.action is not Action.DROP for step in steps)
        return Rebased(kept, REBASE_BRANCH + branch if paused(said) else "")

    def _keep(self, branch: str, base: str, head: str) -> None:
        """Take a rebase back that has changed the commit that it goes onto.

        A step of which nothing is left is left out, and what is squashed into it goes into the one before.
        See engine-facts.md#squash-into-upstream.
        """
        with self._db.read(branch, "interactive rebase") as session:
            now = resolve(session, HEAD)
            lost, _ = session.dialect.distance(session, base, now)
        if not lost:
            return
        back = self._db.procedure("dolt_reset", "--hard", head)
        self._db.write(branch, lambda session: run(session, [Expected(branch, now)], back), "interactive rebase")
        raise InvalidPlan(
            f"Nothing is left of the first commit, and squashing would change {base[:7]}. Nothing was changed.",
            "Pick the commit after it instead.",
        )

    def interactive_calls(self, base: str, steps: Sequence[RebaseStep] = ()) -> tuple[Call, ...]:
        """What `interactive` runs; without ``steps`` all but what writes the plan."""
        return (
            self._db.procedure("dolt_rebase", *INTERACTIVE, base),
            *(plan_calls(self._db.dialect, steps) if steps else ()),
            self._db.procedure("dolt_rebase", *CONTINUE),
        )

    def _ended(self, branch: str) -> None:
        """The rebase's own branch is gone, or new: nothing is known of it."""
        self._db.forget(REBASE_BRANCH + branch)
        self._db.schema_cache.forget(REBASE_BRANCH + branch)

    @staticmethod
    def _refuse(in_the_way: Sequence[str]) -> None:
        if in_the_way:
            raise LocalChanges(f"Uncommitted changes in {', '.join(in_the_way)} are in the way.")


def _explained(doing: str, error: Conflicts) -> Conflicts:
    return Conflicts(
        f"{doing} {conflict_words(error)}. Nothing was changed.",
        error.tables,
        "Change one of the branches so that they agree, then try again.",
        # The engine then says how to resolve them, but the rebase is aborted by now.
        "" if error.violations else (error.detail or error.message).partition("Resolve the conflicts")[0].strip(),
        error.violations,
    )
