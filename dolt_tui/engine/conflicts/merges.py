"""Merges and squashes with what a plan decides: merged again, in one transaction. All of it is done, or nothing."""

from __future__ import annotations

from ...words import plural
from ..core.connections import Connections, Session
from ..errors import EngineError, LocalChanges
from ..model import HEAD
from ..model.conflicts import Applied, Incoming, IncomingKind, ResolutionPlan
from ..model.rewriting import merge_message
from .applying import expect_head, names_of_status, settle, taken_back, unchecked
from .forcing import forces, refuse_left
from .putting_aside import put_aside
from .reading import conflicts_in, merge

_OTHERS = 50
"""How many commits of others are named."""


def apply(db: Connections, incoming: Incoming, plan: ResolutionPlan) -> Applied:
    """Merge or squash with what a plan decides; see `Resolver.apply`.

    What is staged before a merge is unstaged for as long as it takes, and staged again, as it would become part of the
    merge commit. The cost is that of the merge and of reading and writing the rows that conflict.
    """
    squash = incoming.kind is IncomingKind.SQUASH
    notes: list[str] = []

    def work(session: Session) -> str:
        notes.clear()
        unchecked(session)
        expect_head(session, incoming)
        dirty = names_of_status(session)
        base = str(session.scalar(f"SELECT dolt_merge_base({session.dialect.placeholders(2)})", HEAD, incoming.tip))
        left = merge(session, incoming)
        step = plan.step(incoming.tip)
        if left or step.tables:
            found = conflicts_in(session, incoming, base, incoming.head, incoming.tip)
            notes.extend(settle(db, session, found, step, dirty))
        if squash:
            return incoming.head
        text = incoming.message.strip() or merge_message(incoming.source, incoming.branch)
        force = left and forces(found)
        if force:
            refuse_left(session)
        # Ours may have won everywhere: engine-facts.md#merges-that-change-nothing
        return str(session.call("dolt_commit", *(("-f",) if force else ()), "--allow-empty", "-m", text)[0])

    with put_aside(db, incoming.branch, keep=squash) as aside, taken_back(db, incoming.branch):
        try:
            made = db.write(incoming.branch, work, str(incoming.kind), retry=True)
        except LocalChanges as error:
            raise LocalChanges(
                "Uncommitted changes are in the way of the merge. Nothing was changed.", detail=error.detail
            ) from error
    if aside.lost:
        notes.append(f"Not staged any more: {', '.join(aside.lost)}.")
    others = () if squash else commits_of_others(db, incoming, made)
    notes += about_others(incoming, others)
    return Applied(made, 0 if squash else 1, aside.staged, others, tuple(notes))


def commits_of_others(db: Connections, incoming: Incoming, made: str) -> tuple[str, ...]:
    """Commits that came onto the branch between what was seen and the merge commit ``made``."""
    try:
        with db.read(incoming.branch, "parents of the merge commit") as session:
            (commit,) = session.dialect.log_page(session, (made,), 1).commits
            first = commit.parents[0] if commit.parents else incoming.head
            if first == incoming.head:
                return ()
            return tuple(other.hash for other in session.dialect.range(session, incoming.head, first, _OTHERS))
    except EngineError:  # cancelled, or the server is lost: it is done all the same
        return ()


def about_others(incoming: Incoming, others: tuple[str, ...]) -> tuple[str, ...]:
    """What `commits_of_others` found, as sentences."""
    if not others:
        return ()
    it = "it" if len(others) == 1 else "them"
    return (
        f"Another session made {plural(len(others), 'commit')} on {incoming.branch} in the meantime, and the merge"
        f" stands on {it}. Undoing would remove {it} too.",
    )


def about_source(db: Connections, incoming: Incoming) -> tuple[str, ...]:
    """What was not merged, as it came to the source after that was looked at; as sentences."""
    placeholder = db.dialect.placeholder
    try:
        with db.read(incoming.branch, "what was merged") as session:
            now = session.scalar(f"SELECT hash FROM dolt_branches WHERE name = {placeholder}", incoming.source)
            if now is None or now == incoming.tip:
                return ()
            _, came = session.dialect.distance(session, incoming.tip, str(now))
    except EngineError:  # cancelled, or the server is lost: it is done all the same
        return ()
    what = f"has {plural(came, 'more commit')}" if came else "is at another commit"
    tip = incoming.tip[:7]
    return (f"{incoming.source} {what} by now. What was merged is {tip}, the commit that you decided about.",)
