"""Making a branch, and going there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.core.validation import can_be_followed, check_branch_name
from dolt_tui.engine.errors import AlreadyExists
from dolt_tui.engine.model import RemoteBranch
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.session.state import State

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


def check_new(state: State, name: str) -> None:
    """Raise an `EngineError` for a name that no new branch can have."""
    check_branch_name(name)
    found = next((branch.name for branch in state.branches if branch.name.lower() == name.lower()), None)
    if found is not None:
        raise AlreadyExists(f"There is already a branch {found}.")


def beside_name(label: str, hash_: str) -> Cell:
    """The hash of what ``label`` names, unless that says it already."""
    return cell("" if hash_[:7] in label else f"  {hash_[:7]}", Style.DIM)


def new_branch(context: Context, label: str, start: str, name: str = "") -> None:
    """Ask for the name of a new branch at ``start``, create it and switch to it; ``name`` is a proposal."""
    state = context.state
    body = [join(cell("New branch at "), cell(label, "accent bold"), beside_name(label, start))]
    if any(branch.name == label and branch.dirty for branch in state.branches):
        body.append(cell(f"It starts clean: uncommitted changes stay on {label}.", Style.DIM))
    dialog = NameDialog("New branch", body, value=name, check=partial(check_new, state), hint="create and switch")

    def named(name: str | None) -> None:
        if name is not None:
            create(context, name, start, f"Created branch {name} at {start[:7]}")

    context.ask(dialog, named)


def create(context: Context, name: str, start: str, told: str = "") -> None:
    """Create a branch at ``start``, and switch to it."""
    current = context.state.home

    def created(_: object) -> None:
        context.switch(name)
        if told:
            context.tell(told)

    context.write(
        f"create branch {name}",
        lambda repo: repo.refs.create_branch(current, name, start),
        created,
        reach=Reach.REFS,
    )


def track(context: Context, item: RemoteBranch) -> None:
    """Create the branch of a remote one's name that follows it, and switch to it."""
    current = context.state.home
    follows = context.state.repository.info.lacks("upstream") is None and can_be_followed(item.name)

    def done(_: object) -> None:
        context.switch(item.name)
        context.tell(f"{item.name} {'follows' if follows else 'begins at'} {item.tracking}")

    def work(repository: Repository) -> None:
        repository.refs.create_branch(current, item.name, item.hash)
        if follows:
            repository.refs.set_upstream(current, item.name, item.remote, item.name)

    context.write(f"create branch {item.name}", work, done, reach=Reach.REFS)


def follow(context: Context, name: str, item: RemoteBranch) -> None:
    """Let a branch follow a remote one."""
    current = context.state.branch
    context.write(
        f"let {name} follow {item.tracking}",
        lambda repo: repo.refs.set_upstream(current, name, item.remote, item.name),
        lambda _: context.tell(f"{name} follows {item.tracking}"),
        undoable=False,
    )
