"""The lines at the top and the bottom of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from dolt_tui.frozen import Frozen
from dolt_tui.ui.commands import Command
from dolt_tui.ui.commands.keymap import current, key_of
from dolt_tui.ui.present.content import content
from dolt_tui.ui.present.durations import transaction_text
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain, styles
from dolt_tui.ui.session.state import State
from dolt_tui.ui.widgets.message_line import Said
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction


class HeaderBar(Static):
    """Where one is: branch, database, server, state, what runs."""

    def __init__(self) -> None:
        super().__init__(id="header", markup=False)
        self._shown: tuple[Cell, Cell, int] | None = None

    def opening(self, text: str) -> None:
        """Nothing is open yet."""
        self._set(cell(" dolt-tui", Style.BOLD), cell(f"{text} ", Style.DIM))

    def show(
        self,
        state: State,
        running: str,
        liveness: tuple[str, Style],
        transaction: Transaction | None = None,
        resolving: tuple[str, str, Cell] | None = None,
    ) -> None:
        """Show the state; ``running`` is what takes long, ``liveness`` whether it is how the database is.

        ``transaction`` is that of the console, where one is open. ``resolving``, on the resolver: what is done, with
        what, and how much is left.
        """
        info = state.repository.info
        left = [cell(" ⎇ ", Style.ACCENT), cell(state.branch, "accent bold")]
        upstream, known = state.upstream_of(state.branch), state.upstream_ahead_behind(state.branch)
        if state.came_from is not None:
            left = [cell(" ⎇ ", Style.ACCENT), cell(f"at {state.at}, read-only", styles(Style.WARNING, Style.BOLD))]
        base = state.ahead_behind.get(info.default_branch)
        if upstream is not None and known is not None:
            arrows = " ".join(f"{sign}{n}" for sign, n in (("↑", known.ahead), ("↓", known.behind)) if n)
            left.append(cell(f" {arrows or '✓'} {upstream.tracking}", Style.DIM))
        elif base is not None and state.branch != info.default_branch:
            # What the default branch has more, this one lacks.
            arrows = " ".join(f"{sign}{n}" for sign, n in (("↑", base.behind), ("↓", base.ahead)) if n)
            left.append(cell(f" {arrows}", Style.DIM))
        if resolving is not None:
            left.append(cell(f"  {resolving[0]} ", styles(Style.ERROR, Style.BOLD)))
            left.append(cell(resolving[1], Style.BOLD))
        else:
            left += self._unfinished(state, transaction)
        if info.read_only:
            left.append(cell("  read-only", Style.WARNING))
        left += [cell("   "), cell(info.database, Style.BOLD)]
        engine = cell(f" · {info.engine} {info.version}", Style.DIM)
        right: list[Cell] = []
        if running:
            right += [cell(running, Style.ACCENT), cell("   ")]
        if not state.lost:
            changed = state.changes.tables
            if resolving is not None:
                right.append(resolving[2])
            elif state.came_from is not None:
                right.append(cell(f"esc back to {state.came_from}", Style.DIM))
            elif "changes" in state.unread:
                right.append(cell("✗ changes unknown", Style.ERROR))
            elif changed:
                right.append(cell(f"● {plural(changed, 'table')} changed", Style.WARNING))
            elif state.loaded:
                right.append(cell("clean", Style.DIM))
        text, style = liveness
        right.append(cell(f"   {text} ", style))
        place = [cell(f" · {info.where}", Style.DIM)]
        if info.encrypted is not None:
            place.append(cell(" · TLS", Style.DIM) if info.encrypted else cell(" · no TLS", Style.WARNING))
        whole = join(*left, *place, engine)
        # Where there is too little room the server is left out first: its data show well enough where they are from.
        fits = cell_len(plain(whole)) + cell_len(plain(join(*right))) + 2 <= self.size.width
        self._set(whole if fits else join(*left, engine), join(*right))

    @staticmethod
    def _unfinished(state: State, transaction: Transaction | None) -> list[Cell]:
        """What is not finished on the branch, and what is copied, compared or marked."""
        found: list[Cell] = []
        if (unfinished := state.unfinished) is not None:
            found.append(cell("  RESOLVING", styles(Style.WARNING, Style.BOLD)))
            found.append(cell(f" {unfinished.source} {unfinished.progress}", Style.WARNING))
        if state.row_draft:
            found.append(cell("  DRAFT", styles(Style.WARNING, Style.BOLD)))
            found.append(cell(f" {plural(len(state.row_draft.draft), 'row')}, not written", Style.WARNING))
        if transaction is not None:
            now = state.clock.now()
            elsewhere = "" if transaction.branch == state.home else f" on {transaction.branch}"
            found.append(cell("  TRANSACTION", styles(Style.WARNING, Style.BOLD)))
            found.append(cell(f"{elsewhere} {transaction_text(transaction, now)}", Style.WARNING))
        if state.gone:
            found.append(cell("  branch deleted", Style.ERROR))
        if state.operation is not None:
            conflicts = len(state.operation.conflicts)
            found.append(cell(f"  {state.operation.title}", Style.WARNING))
            if conflicts and unfinished is None:
                found.append(cell(f" · {plural(conflicts, 'table')} in conflict", Style.ERROR))
        if state.copied:
            found.append(cell(f"  {plural(len(state.copied), 'commit')} copied", Style.ACCENT))
        if state.pair is not None:
            found.append(cell(f"  comparing {state.pair}", Style.WARNING))
        elif state.marked is not None:
            found.append(cell(f"  marked {state.marked[0]}", Style.WARNING))
        return found

    def _set(self, left: Cell, right: Cell) -> None:
        width = self.size.width
        if self._shown == (left, right, width):
            return
        self._shown = (left, right, width)
        left_width, right_width = cell_len(plain(left)), cell_len(plain(right))
        if left_width + right_width + 2 > width:
            left_content = content(left).truncate(max(0, width - right_width - 2), ellipsis=True)
            left_width = left_content.cell_length
        else:
            left_content = content(left)
        gap = " " * max(0, width - left_width - right_width)
        self.update(Content.assemble(left_content, gap, content(right)), layout=False)


class FooterBar(Static):
    """The keys of the pane in focus, most useful first, as many as there is room for."""

    def __init__(self) -> None:
        super().__init__(id="footer", markup=False)
        self._shown: object = None
        self._spans: list[tuple[int, int, str]] = []
        """From and to which column the command with an id stands."""

    class Clicked(Message):
        """The command with an id was clicked."""

        def __init__(self, command: str) -> None:
            super().__init__()
            self.command = command

    def takes(self, said: Said) -> bool:
        """Whether a message has room in it, beside where to find the keys."""
        return said.width + len(_GAP) + 1 < self.size.width - _entry("", key_of("help"), "keys").width - len(_GAP)

    def show(self, commands: Iterable[tuple[Command, str]], *, typed: bool = False, said: Said | None = None) -> None:
        """Show as many commands as have room, each with its word: no more of them is asked for.

        ``typed``: text is typed just now. ``said`` is a message that stands before them.
        """
        width = self.size.width
        keys = (("help", current().key_of("help", typed=typed), "keys"), ("palette", key_of("palette"), "palette"))
        fixed = [_entry(*entry) for entry in keys[: 2 if width >= _BOTH else 1]]
        found, used = [], 1
        if said is not None:
            found.append(_Entry("", said.line, said.width))
            used += said.width + len(_GAP)
        right = _start(width, fixed)
        if used + 1 > right:
            right = _start(width, fixed := fixed[:1])
        for command, word in commands:
            entry = _entry(command.id, current().display(command), word)
            if used + entry.width + len(_GAP) <= right:
                found.append(entry)
                used += entry.width + len(_GAP)
            if used + _LEAST > right:
                break
        shown = (width, *found, *fixed)
        if shown == self._shown:
            return  # it is asked at every move of a cursor
        self._shown, self._spans = shown, []
        parts: list[Cell] = []
        at = 0
        for start, entries in ((1, found), (right, fixed)):
            parts.append(cell(" " * (start - at)))
            at = start
            for entry in entries:
                self._spans.append((at, at + entry.width, entry.command))
                parts += [entry.text, cell(_GAP)]
                at += entry.width + len(_GAP)
        self.update(content(join(*parts)), layout=False)

    def on_click(self, event: events.Click) -> None:
        """Run what was clicked, as its key does."""
        found = next((command for start, end, command in self._spans if start <= event.x < end), None)
        if found:
            self.post_message(self.Clicked(found))


def _start(width: int, entries: Sequence[_Entry]) -> int:
    """Where entries begin that end with the line."""
    return width - sum(entry.width + len(_GAP) for entry in entries) + len(_GAP) - 1


_GAP = "  "
"""What stands between two entries."""
_BOTH = 76
"""So wide is a screen that has room for more than one way to find the other keys."""
_LEAST = 8
"""The room that the shortest entries take, with what stands before and behind them."""


class _Entry(Frozen):
    """A command in the footer."""

    command: str
    text: Cell
    width: int


def _entry(command: str, keys: str, word: str) -> _Entry:
    text = join(cell(f"{keys} ", Style.KEY), cell(word))
    return _Entry(command, text, cell_len(plain(text)))
