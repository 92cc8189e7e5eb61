"""What the keys of the Branches pane do: going to branches, making them, merging them."""

from __future__ import annotations

from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import BRANCHES, Offer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.branch_rows import BRANCH_COLUMNS, branch_name
from dolt_tui.ui.dialogs.picker import PickDialog
from dolt_tui.ui.flows.merge import in_progress, merge
from dolt_tui.ui.flows.new_branch import check_new, create, new_branch, track
from dolt_tui.ui.flows.reset import reset
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import Style, age, cell


class BranchActions(Actions):
    """Commands on branches."""

    def none_here(self) -> str:
        return "" if self.context.panes.branches.selected is not None else "there is no branch here"

    def _current(self, otherwise: str) -> str:
        """``otherwise`` where the selected branch is the current one."""
        branch = self.context.panes.branches.selected
        return otherwise if branch is not None and branch.name == self.state.branch else ""

    def already_there(self) -> str:
        return "" if self.state.gone else self._current(f"{self.state.branch} is the current branch")

    def onto_itself(self) -> str:
        return self._current(f"{self.state.branch} is the current branch: select another one")

    def into_itself(self) -> str:
        return self._current("a branch cannot be merged into itself: select another one")

    def merging(self) -> str:
        return "a merge is in progress" if self.state.merging is not None else ""

    def none_before(self) -> str:
        found = self.state.branch_named(self.state.previous)
        return "" if found is not None else "there is no previous branch"

    def no_other(self) -> str:
        state = self.state
        return "" if len(state.branches) + len(state.remote_branches) > 1 else "there is no other branch"

    def operating(self) -> str:
        return in_progress(self.state)

    @command(
        "branches.switch",
        "space",
        "switch",
        "Switch to the branch",
        BRANCHES,
        footer=True,
        unless=(none_here, already_there),
        synonyms=("checkout", "git switch", "change branch"),
        about="Every branch has its own working set: uncommitted changes stay where they were made.",
    )
    def switch(self) -> None:
        branch = self.context.panes.branches.selected
        assert branch is not None
        if branch.shadowed_by:  # what it holds can be read by its commit
            self.context.open_at(branch.hash, branch.name)
            self.context.tell(
                f"Dolt opens {branch.shadowed_by} instead of {branch.name}: this is its last commit, read-only."
                f" esc goes back, and {key_of('branch.rename')} in Branches renames it.",
                "warning",
            )
            return
        self.context.switch(branch.name)

    @command(
        "branches.open",
        "enter",
        "compare",
        "Diff of the branch: what it adds",
        BRANCHES,
        footer=True,
        unless=none_here,
        synonyms=("diff", "compare", "review", "show branch"),
        about="Goes to the tables that differ from the current branch since both diverged.",
    )
    def open(self) -> None:
        self.context.go_to(self.context.main)

    @command(
        "branches.new",
        "n",
        "new…",
        "New branch from the selected one…",
        BRANCHES,
        footer=True,
        writes=True,
        from_commits=True,
        unless=none_here,
        synonyms=("create branch", "checkout -b", "switch -c", "make a branch", "branch"),
        about="Makes a branch where the selected one is, and switches to it.",
        runs="dolt_branch(name, branch)",
    )
    def new(self) -> None:
        branch = self.context.panes.branches.selected
        assert branch is not None
        new_branch(self.context, branch.name, branch.hash)

    @command(
        "branches.reset",
        "g",
        "reset…",
        "Reset the current branch to this branch…",
        BRANCHES,
        writes=True,
        rank=5,
        unless=(none_here, onto_itself, merging),
        synonyms=("git reset", "move branch", "reset --hard", "reset --soft"),
        about="Shows which commits leave the branch and what becomes of the changes. It can be undone.",
        runs="dolt_reset('--hard', branch)",
        destroys=True,
    )
    def reset(self) -> None:
        branch = self.context.panes.branches.selected
        assert branch is not None
        reset(self.context, branch.name, branch.hash, branch.message)

    # merging

    @command(
        "branches.merge",
        "M",
        "merge…",
        "Merge the branch into the current one…",
        BRANCHES,
        footer=True,
        writes=True,
        previews=True,
        unless=(none_here, into_itself, operating),
        synonyms=("git merge", "integrate", "autostash"),
        about="Shows first what the merge would change and what would conflict.",
        runs="dolt_merge(branch)",
        offers=(
            Offer("f", "Merge: fast-forward the current branch…", ("ff", "ff-only"), "dolt_merge('--ff-only', branch)"),
            Offer("m", "Merge: with a merge commit…", ("no-ff", "merge --no-ff"), "dolt_merge('--no-ff', branch)"),
            Offer(
                "s",
                "Merge: squash a branch into one commit…",
                ("squash merge", "merge --squash"),
                "dolt_merge('--squash', branch)",
            ),
            Offer(
                "w", "Merge: look at the merged database first…", ("what if", "dry run", "preview merge", "try merge")
            ),
        ),
    )
    def merge(self) -> None:
        branch = self.context.panes.branches.selected
        assert branch is not None
        merge(self.context, branch.name, opener="M")

    # going to others

    @command(
        "branch.previous",
        "minus",
        "previous",
        "Switch to the previous branch",
        BRANCHES,
        rank=10,
        unless=none_before,
        synonyms=("checkout -", "switch -", "last branch", "back to branch"),
        about="Goes back and forth between two branches.",
    )
    def previous(self) -> None:
        self.context.switch(self.state.previous)

    @command(
        "branch.choose",
        "c",
        "switch to…",
        "Switch to a branch by name (checkout)…",
        BRANCHES,
        footer=True,
        rank=9,
        unless=no_other,
        synonyms=("checkout", "git checkout", "find branch", "git switch", "checkout remote branch"),
        about="Finds local and remote branches as you type. A name that is not there yet makes a branch.",
    )
    def choose(self) -> None:
        state, moment = self.state, self.state.clock.now()
        known = {branch.name for branch in state.branches}
        fixed = state.repository.info.read_only  # no branch can be made
        rows = [
            Row(branch.name, (cell(branch.name), (), cell(age(branch.date, moment), Style.DIM)), value=branch)
            for branch in state.ordered_branches
            if branch.name != state.branch
        ]
        rows += [
            Row(
                ("remote", item.tracking),
                (cell(item.tracking), cell(f"creates {item.name}", Style.DIM), cell(age(item.date, moment), Style.DIM)),
                value=item,
            )
            for item in state.remote_branches
            if item.name not in known and not fixed
        ]

        def other(typed: str) -> Row | None:
            try:
                check_new(self.state, typed)
            except EngineError:
                return None
            return None if fixed else Row(("new", typed), (cell(typed), cell(f"new, from {state.place}", Style.DIM)))

        dialog = PickDialog("Switch to", rows, BRANCH_COLUMNS, name=branch_name, other=other, hint="switch")

        def chosen(key: object) -> None:
            if isinstance(key, str):
                self.context.switch(key)
            elif isinstance(key, tuple) and key[0] == "new":
                create(self.context, key[1], state.head)
            elif isinstance(key, tuple):
                item = next((item for item in state.remote_branches if item.tracking == key[1]), None)
                if item is not None:
                    track(self.context, item)

        self.context.ask(dialog, chosen)

    # the list

    @command(
        "branch.sort",
        "s",
        "sort",
        "Sort the branches by date, or by name",
        BRANCHES,
        rank=13,
        unless=none_here,
        synonyms=("order branches",),
    )
    def sort(self) -> None:
        self.state.by_date = not self.state.by_date
        self.context.panes.branches.show(self.state.branches, self.state)
        self.context.tell(f"Branches by {'date, newest first' if self.state.by_date else 'name'}")

    @command(
        "branch.range",
        "v",
        "range",
        "Range: select several branches",
        BRANCHES,
        rank=13,
        unless=none_here,
        synonyms=("select range", "visual mode", "mark branches"),
    )
    def range(self) -> None:
        self.context.panes.branches.grid.toggle_range()
