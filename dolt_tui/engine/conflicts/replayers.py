"""Who foresees and applies what is no merge, by its kind."""

from __future__ import annotations

from ..core.connections import Connections
from ..model.conflicts import Incoming, IncomingKind
from ..model.rewriting import REBASE_BRANCH
from .commit_conflicts import Replayer


def replayer(db: Connections, incoming: Incoming) -> Replayer | None:
    """The one for cherry-picks and reverts, for rebases, standing ones too, or for stashes; None for merges."""
    kind = incoming.kind
    if kind is IncomingKind.STANDING and incoming.branch.startswith(REBASE_BRANCH):
        from .standing_rebases import StandingRebases

        return StandingRebases(db)
    if kind is IncomingKind.REBASE and incoming.branch.startswith(REBASE_BRANCH):
        from .continued_rebases import ContinuedRebases

        return ContinuedRebases(db)
    if kind is IncomingKind.REBASE:
        from .rebase_plans import Rebases

        return Rebases(db)
    if kind is IncomingKind.STASH:
        from .stash_plans import AppliedStashes

        return AppliedStashes(db)
    if kind in (IncomingKind.CHERRY_PICK, IncomingKind.REVERT):
        from .replaying_plans import Replays

        return Replays(db)
    return None
