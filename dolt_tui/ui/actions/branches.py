"""What the keys of the Branches pane do: switching, creating, merging, deleting."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.core.validation import check_branch_name
from dolt_tui.engine.errors import AlreadyExists, BranchInUse, ChangedMeanwhile
from dolt_tui.engine.model import Branch, BranchLoss, MergeKind, MergePreview
from dolt_tui.engine.undo.steps import Touches
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.actions.working_set import change_lines
from dolt_tui.ui.commands import BRANCHES, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.present.text import Cell, Style, cell, join, plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class BranchActions(Actions):
    """Commands on branches."""

    def none_here(self) -> str:
        return "" if self.workspace.branches.selected is not None else "there is no branch here"

    def _current(self, otherwise: str) -> str:
        """``otherwise`` where the selected branch is the current one."""
        branch = self.workspace.branches.selected
        return otherwise if branch is not None and branch.name == self.state.branch else ""

    def already_there(self) -> str:
        return "" if self.state.gone else self._current(f"{self.state.branch} is the current branch")

    def onto_itself(self) -> str:
        return self._current(f"{self.state.branch} is the current branch: select another one")

    def into_itself(self) -> str:
        return self._current("a branch cannot be merged into itself: select another one")

    def merging(self) -> str:
        return "a merge is in progress" if self.state.merging is not None else ""

    def shadowed(self) -> str:
        branch = self.workspace.branches.selected
        if branch is None or not branch.shadowed_by:
            return ""
        opened = f"Dolt opens {branch.shadowed_by} instead of {branch.name}"
        return f"{opened}: rename one of the two with {key_of('branch.rename')}"

    def all_kept(self) -> str:
        branch = self.workspace.branches.selected
        return self._kept(branch) if branch is not None and all(map(self._kept, self._selected)) else ""

    def operating(self) -> str:
        return self.in_the_way

    @property
    def in_the_way(self) -> str:
        """Why nothing can be merged into the current branch: what is in progress on it; empty where nothing is."""
        operation = self.state.operation
        if operation is None or self.state.branch not in (operation.branch, operation.on):
            return ""
        return f"{operation.title}: {key_of('progress')} continues or aborts it"

    @command(
        "branches.switch",
        "space",
        "switch",
        "Switch to the branch",
        BRANCHES,
        footer=True,
        unless=(none_here, already_there),
    )
    def switch(self) -> None:
        branch = self.workspace.branches.selected
        assert branch is not None
        if branch.shadowed_by:  # what it holds can be read by its commit
            self.workspace.open_at(branch.hash, branch.name)
            self.workspace.tell(
                f"Dolt opens {branch.shadowed_by} instead of {branch.name}: this is its last commit, read-only."
                f" esc goes back, and {key_of('branch.rename')} in Branches renames it.",
                "warning",
            )
            return
        self.workspace.switch(branch.name)

    @command("branches.open", "enter", "compare", "Go to what the branch adds", BRANCHES, footer=True, unless=none_here)
    def open(self) -> None:
        self.workspace.main.grid.focus()

    @command(
        "branches.new",
        "n",
        "new…",
        "New branch from the selected one, and switch to it…",
        BRANCHES,
        footer=True,
        writes=True,
        from_commits=True,
        unless=none_here,
    )
    def new(self) -> None:
        branch = self.workspace.branches.selected
        assert branch is not None
        self.new_at(branch.name, branch.hash)

    def new_at(self, label: str, start: str, name: str = "") -> None:
        """Ask for the name of a new branch at ``start``, create it and switch to it; ``name`` is a proposal."""
        existing = {branch.name for branch in self.state.branches}
        current = self.state.home

        def check(name: str) -> None:
            check_branch_name(name)
            if name in existing:
                raise AlreadyExists(f"There is a branch {name} already.")

        body = [join(cell("New branch at "), cell(label, "accent bold"), cell(f"  {start[:7]}", Style.DIM))]
        dirty = any(branch.name == label and branch.dirty for branch in self.state.branches)
        if dirty:
            body.append(cell(f"It starts clean: uncommitted changes stay on {label}.", Style.DIM))
        dialog = NameDialog("New branch", body, value=name, check=check, hint="create and switch")

        def named(name: str | None) -> None:
            if name is None:
                return

            def created(_: object) -> None:
                self.workspace.switch(name)
                self.workspace.tell(f"Created branch {name} at {start[:7]}")

            self.write(
                f"create branch {name}",
                lambda repo: repo.refs.create_branch(current, name, start),
                created,
                touches=Touches.REFS,
            )

        self.ask(dialog, named)

    @command(
        "branches.reset",
        "g",
        "reset…",
        "Reset the current branch to the selected one: soft, mixed or hard…",
        BRANCHES,
        writes=True,
        rank=5,
        unless=(none_here, onto_itself, merging),
    )
    def reset(self) -> None:
        branch = self.workspace.branches.selected
        assert branch is not None
        self.workspace.log_actions.reset_to(branch.name, branch.hash, branch.message)

    # merging

    @command(
        "branches.merge",
        "M",
        "merge…",
        "Merge the branch into the current one…",
        BRANCHES,
        footer=True,
        writes=True,
        unless=(none_here, into_itself, operating),
    )
    def merge(self) -> None:
        branch = self.workspace.branches.selected
        assert branch is not None
        self.merge_from(branch.name, "", opener="M")

    def merge_from(
        self, source: str, tip: str, *, opener: str, message: str = "", title: str = "Merge", squash: bool = True
    ) -> None:
        """Show what merging ``source`` would do, and let one choose how; ``tip`` is its hash where it is no branch."""
        target = self.state.branch
        head = [join(cell("Merge "), cell(source, "accent bold"), cell(" into "), cell(target, "accent bold"))]
        message = message or f"Merge branch '{source}' into {target}"
        choices = [
            Choice("f", "fast-forward"),
            Choice("m", "merge commit", message),
            Choice("s", "squash", "stage the result, commit it yourself"),
        ]
        statements = {
            "f": self.call("dolt_merge", "--ff-only", tip or source),
            "m": self.call("dolt_merge", "--no-ff", "-m", message, tip or source),
            "s": self.call("dolt_merge", "--squash", "--no-commit", tip or source),
        }
        ways = 3 if squash else 2
        merging = self.state.repository.merging

        def show(preview: MergePreview, whole: bool) -> Shown:
            found = merge_choices(preview, message)[:ways]
            return merge_lines(preview), [replace(choice, statement=statements[choice.letter]) for choice in found]

        def chosen(letter: str, preview: MergePreview) -> None:
            kind = {"f": MergeKind.FAST_FORWARD, "m": MergeKind.COMMIT, "s": MergeKind.SQUASH}[letter]
            self.write(
                f"merge {source} into {target}",
                lambda repo: repo.merging.merge(target, source, kind, message, tip=preview.tip, expected=preview.seen),
                lambda _: self.workspace.tell(_merged(kind, source, target)),
                again=lambda: self.merge_from(source, tip, opener=opener, message=message, title=title, squash=squash),
            )

        def more(preview: MergePreview) -> str:
            if not preview.theirs:
                return ""
            return "count what comes" if preview.conflicts_known else "look for conflicts"

        PreviewFlow(
            self.workspace,
            title,
            head,
            choices[:ways],
            opener,
            "preview the merge",
            lambda whole: merging.preview(target, source, tip=tip, counts=whole, conflicts=whole),
            show,
            chosen,
            more=more,
            default=lambda preview: "f" if preview.can_fast_forward else "m",
        ).begin()

    # deleting

    @command(
        "branches.delete",
        "d",
        "delete…",
        "Delete the branch, or those of the selected range…",
        BRANCHES,
        footer=True,
        writes=True,
        rank=4,
        unless=(none_here, shadowed, all_kept),
    )
    def delete(self) -> None:
        names = [branch.name for branch in self._selected if not self._kept(branch)]
        kept = [f"{branch.name}: {self._kept(branch)}" for branch in self._selected if self._kept(branch)]
        current, repository = self.state.branch, self.state.repository
        hashes = {branch.name: branch.hash for branch in self.state.branches}
        if len(names) == 1:
            title = join(cell("Delete branch "), cell(names[0], "accent bold"))
            head = [join(title, cell(f"  {hashes[names[0]][:7]}", Style.DIM))]
        else:
            head = [join(cell("Delete "), cell(plural(len(names), "branch", "branches"), "accent bold"))]
        head += [cell(f"  stays: {text}", Style.DIM) for text in kept]
        what = "it" if len(names) == 1 else "them"

        def look(counts: bool) -> dict[str, BranchLoss]:
            result = {}
            for name in names:
                seen = repository.refs.look(name)  # first: what changes from here on is found at the deletion
                changes = repository.working.status(name)
                if counts:
                    changes = repository.working.with_counts(name, changes)
                result[name] = repository.refs.loss(current, name, changes, seen)
            return result

        def show(losses: dict[str, BranchLoss], whole: bool) -> Shown:
            lines: list[Cell] = []
            for name, loss in losses.items():
                if len(names) > 1:
                    lines += [(), join(cell(name, "accent bold"), cell(f"  {hashes[name][:7]}", Style.DIM))]
                lines += loss_lines(loss)
            statement = "\n".join(
                self.call("dolt_branch", "-D" if _loses(loss) else "-d", "--", name) for name, loss in losses.items()
            )
            lines += [(), self.workspace.writes.words()]
            return lines, [Choice("x", f"delete {what}", statement=statement)]

        def chosen(_: str, losses: dict[str, BranchLoss]) -> None:
            self._delete(losses, hashes)

        def more(losses: dict[str, BranchLoss]) -> str:
            return "count what would be lost" if any(loss.uncommitted for loss in losses.values()) else ""

        PreviewFlow(
            self.workspace,
            "Delete branch" if len(names) == 1 else "Delete branches",
            head,
            [Choice("x", f"delete {what}")],
            "d",
            "look at what would be lost",
            look,
            show,
            chosen,
            more,
            waiting="Looking at what would be lost…",
        ).begin()

    def _delete(self, losses: dict[str, BranchLoss], hashes: dict[str, str], *, in_use: bool = False) -> None:
        """Delete branches that lose this; those that other sessions use are asked about again."""
        current, names = self.state.branch, list(losses)

        def work(repository: Repository) -> list[str]:
            busy = []
            for number, (name, loss) in enumerate(losses.items()):
                try:
                    repository.refs.delete_branch(current, name, force=_loses(loss), in_use=in_use, expected=loss.seen)
                except BranchInUse:
                    busy.append(name)
                except ChangedMeanwhile as error:
                    if number:
                        gone = [other for other in names[:number] if other not in busy]
                        error.message += f" Deleted before: {', '.join(gone) or 'no other'}."
                    raise
            return busy

        def done(busy: list[str]) -> None:
            gone = [name for name in names if name not in busy]
            self.workspace.branches.grid.clear_range()
            if len(gone) == 1:
                self.workspace.tell(f"Deleted branch {gone[0]}, it was at {hashes[gone[0]][:7]}")
            elif gone:
                self.workspace.tell(f"Deleted {plural(len(gone), 'branch', 'branches')}: {', '.join(gone)}")
            if busy:
                self._ask_in_use({name: losses[name] for name in busy}, hashes)

        label = names[0] if len(names) == 1 else plural(len(names), "branch", "branches")
        what = f"delete {'branch ' if len(names) == 1 else ''}{label}"
        self.write(what, work, done, touches=Touches.REFS, also=names, again=self.delete)

    def _ask_in_use(self, losses: dict[str, BranchLoss], hashes: dict[str, str]) -> None:
        body = [
            cell(f"Other sessions work on {', '.join(losses)}.", Style.BOLD),
            (),
            cell("Deleted all the same, what they change there from then on is lost, and their next"),
            cell("statements fail. What they had not committed yet is lost with the branch."),
        ]
        statement = "\n".join(self.call("dolt_branch", "-D", "--", name) for name in losses)
        dialog = ChoiceDialog("In use", body, [Choice("x", "delete all the same", statement=statement)], opener="d")

        def chosen(letter: str | None) -> None:
            if letter == "x":
                self._delete(losses, hashes, in_use=True)

        self.ask(dialog, chosen)

    @property
    def _selected(self) -> list[Branch]:
        """The branches of the range, or the one under the cursor."""
        return [row.value for row in self.workspace.branches.grid.selected_rows if isinstance(row.value, Branch)]

    def _kept(self, branch: Branch) -> str:
        """Why a branch cannot be deleted; empty where it can."""
        if branch.name == self.state.branch:
            return "the current branch cannot be deleted: switch to another one first"
        if branch.name == self.state.repository.info.default_branch:
            return f"{branch.name} is the default branch"
        return ""


def _loses(loss: BranchLoss) -> bool:
    """Whether the deletion has to be forced."""
    return bool(loss.unmerged or loss.uncommitted)


def _merged(kind: MergeKind, source: str, target: str) -> str:
    if kind is MergeKind.SQUASH:
        return f"Staged the changes of {source}: commit them with {key_of('commit')}"
    how = " (fast-forward)" if kind is MergeKind.FAST_FORWARD else ""
    return f"Merged {source} into {target}{how}"


def merge_choices(preview: MergePreview, message: str) -> list[Choice]:
    """The ways to merge, with the reason for each that is not open."""
    blocked = ""
    if preview.up_to_date:
        blocked = f"{preview.target} has all of {preview.source} already"
    elif preview.in_the_way:
        blocked = f"uncommitted changes in {', '.join(preview.in_the_way)} stand in the way"
    elif preview.conflicts:
        blocked = "it conflicts"
    elif preview.violations:
        blocked = "it would break a constraint"
    elif preview.trouble:
        blocked = "it would fail"
    ahead = f"{preview.target} has {plural(preview.ours, 'commit')} that {preview.source} lacks" if preview.ours else ""
    return [
        Choice("f", "fast-forward", f"{preview.target} moves on to {preview.source}", blocked or ahead),
        Choice("m", "merge commit", message, blocked),
        Choice("s", "squash", "stage the result, commit it yourself", blocked),
    ]


def merge_lines(preview: MergePreview) -> list[Cell]:
    """What a merge would do, in lines."""
    if preview.up_to_date:
        return [(), cell(f"Nothing to merge: {preview.target} has all of {preview.source}.")]
    kind = "fast-forward possible" if preview.can_fast_forward else "three-way"
    ours = f", {preview.ours} of ours since" if preview.ours else ""
    found = [
        cell(f"{kind} · base {preview.base[:7]} · {plural(preview.theirs, 'commit')} to bring in{ours}", Style.DIM),
        (),
        *change_lines(preview.changes),
        (),
    ]
    if preview.conflicts:
        for conflict in preview.conflicts:
            parts = [plural(conflict.rows, "row")] if conflict.rows else []
            parts += ["its definition"] if conflict.schema else []
            found.append(cell(f"  ✗ conflict in {conflict.table}: {' and '.join(parts)}", Style.ERROR))
        found.append(cell("    Merging would change nothing: make the branches agree first.", Style.DIM))
    elif preview.trouble:
        found.append(cell(f"  ✗ {preview.trouble}", Style.ERROR))
    elif preview.conflicts_known and not preview.violations:
        found.append(cell("  ✓ no conflicts", Style.SUCCESS))
        if not preview.violations_known:
            found.append(cell("    Constraints are checked only when it merges.", Style.DIM))
    elif not preview.violations:
        found.append(cell("  … looking for conflicts", Style.DIM))
    for violation in preview.violations:
        found.append(cell(f"  ✗ breaks {violation}", Style.ERROR))
    if preview.in_the_way:
        found.append(cell(f"  ✗ uncommitted changes in {', '.join(preview.in_the_way)} stand in the way", Style.ERROR))
    elif preview.dirty:
        tables = ", ".join(preview.dirty)
        found.append(cell(f"  ✓ your uncommitted changes in {tables} are not in the way", Style.SUCCESS))
    return found


def loss_lines(loss: BranchLoss) -> list[Cell]:
    """What is lost with a branch, in lines."""
    found: list[Cell] = [()]
    if loss.unmerged:
        found.append(cell(f"  ✗ {plural(loss.unmerged, 'commit')} that no other branch has", Style.ERROR))
    else:
        found.append(cell("  ✓ all its commits are on another branch", Style.SUCCESS))
    if loss.uncommitted:
        found.append(cell(f"  ✗ uncommitted changes in {plural(len(loss.uncommitted), 'table')}:", Style.ERROR))
        found += change_lines(loss.uncommitted)
    else:
        found.append(cell("  ✓ no uncommitted changes", Style.SUCCESS))
    return found
