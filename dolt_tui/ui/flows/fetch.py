"""Fetching from a remote, and choosing which."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dolt_tui.engine.model import RemoteBranch
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.ui.present.verbs import doing
from dolt_tui.ui.session.jobs import TRANSFER
from dolt_tui.ui.session.session import Session
from dolt_tui.ui.session.state import State
from dolt_tui.words import plural


def no_remotes(state: State) -> str:
    """Why nothing can be pushed or fetched where there is no remote; empty where there is one."""
    return "" if state.remotes else f"there is no remote: {key_of('remotes.new')} in the Remotes tab adds one"


def transferring(session: Session) -> str:
    """Why no transfer can begin now; empty when one can."""
    jobs = session.jobs.active(TRANSFER)
    return f"one transfer at a time ({doing(jobs[0].label)}): esc cancels it" if jobs else ""


def may_ask(context: Context, otherwise: str) -> bool:
    """Whether a dialog may open now that was not asked for just before; else ``otherwise`` is told."""
    if not context.window.in_front:
        context.tell(otherwise, "warning")
        return False
    context.window.forget_keys()  # they were not meant for it
    return True


def choose_remote(context: Context, title: str, then: Callable[[str], None]) -> None:
    """Let the user choose a remote, where there are several."""
    state = context.state
    remotes = state.remotes
    if len(remotes) == 1:
        then(remotes[0].name)
        return
    rows = [Row(remote.name, (cell(remote.name), cell(remote.url, Style.DIM))) for remote in remotes]
    branch = state.branch_named(state.branch)
    dialog = ListDialog(
        title,
        rows,
        (Column("name", separator=False), Column("url", flex=True, separator=False)),
        at=branch.remote if branch is not None else None,
    )
    context.ask(dialog, lambda name: then(name) if isinstance(name, str) else None)


def fetch(context: Context, remote: str, *, prune: bool = False) -> None:
    """Fetch from a remote, and tell what came."""
    state = context.state
    current, before = state.branch, _hashes(state.remote_branches, remote)

    def done(_: object) -> None:
        context.tell(_fetched(remote, before, _hashes(state.remote_branches, remote)))

    context.transfer(f"fetch from {remote}", lambda repo: repo.remotes.fetch(current, remote, prune=prune), done)


def _hashes(branches: Iterable[RemoteBranch], remote: str) -> dict[str, str]:
    return {item.name: item.hash for item in branches if item.remote == remote}


def _fetched(remote: str, before: dict[str, str], after: dict[str, str]) -> str:
    """What a fetch changed, in words."""
    new = len(after.keys() - before.keys())
    gone = len(before.keys() - after.keys())
    moved = sum(before[name] != after[name] for name in before.keys() & after.keys())
    parts = [f"{plural(number, 'branch', 'branches')} {word}" for number, word in ((new, "new"), (moved, "moved"))]
    parts = [part for part, number in zip(parts, (new, moved), strict=True) if number]
    parts += [f"{plural(gone, 'branch', 'branches')} pruned"] if gone else []
    return f"Fetched {remote}: {', '.join(parts) or 'nothing new'}"
