"""The lines at the top and the bottom of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

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


class BarClicked(Message):
    """What stands for the command with an id was clicked."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self.command = command


class _Bar(Static):
    """A line in which parts stand for commands."""

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._spans: list[tuple[int, int, str]] = []
        """From and to which column the command with an id stands."""

    def on_click(self, event: events.Click) -> None:
        """Run what was clicked, as its key does."""
        found = next((command for start, end, command in self._spans if start <= event.x < end), "")
        if found:
            self.post_message(BarClicked(found))


class HeaderBar(_Bar):
    """Where one is: branch, database, server, state, what runs."""

    def __init__(self) -> None:
        super().__init__("header")
        self._shown: tuple[tuple[_Part, ...], tuple[_Part, ...], int] | None = None

    def opening(self, text: str) -> None:
        """Nothing is open yet."""
        self._set(((cell(" dolt-tui", Style.BOLD), ""),), ((cell(f"{text} ", Style.DIM), ""),))

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
        left: list[_Part] = [(cell(" ⎇ ", Style.ACCENT), _BRANCHES), (cell(state.branch, "accent bold"), _BRANCHES)]
        upstream, known = state.upstream_of(state.branch), state.upstream_ahead_behind(state.branch)
        if state.came_from is not None:
            left[1:] = [(cell(f"at {state.at}, read-only", styles(Style.WARNING, Style.BOLD)), "pane.log")]
        base = state.ahead_behind.get(info.default_branch)
        if upstream is not None and known is not None:
            arrows = " ".join(f"{sign}{n}" for sign, n in (("↑", known.ahead), ("↓", known.behind)) if n)
            left.append((cell(f" {arrows or '✓'} {upstream.tracking}", Style.DIM), _BRANCHES))
        elif base is not None and state.branch != info.default_branch:
            # What the default branch has more, this one lacks.
            arrows = " ".join(f"{sign}{n}" for sign, n in (("↑", base.behind), ("↓", base.ahead)) if n)
            left.append((cell(f" {arrows}", Style.DIM), _BRANCHES))
        if resolving is not None:
            left.append((cell(f"  {resolving[0]} ", styles(Style.ERROR, Style.BOLD)), ""))
            left.append((cell(resolving[1], Style.BOLD), ""))
        else:
            left += self._unfinished(state, transaction)
        if info.read_only:
            left.append((cell("  read-only", Style.WARNING), ""))
        left += [(cell("   "), ""), (cell(info.database, Style.BOLD), "")]
        engine: _Part = (cell(f" · {info.engine} {info.version}", Style.DIM), "")
        right: list[_Part] = []
        if running:
            right += [(cell(running, Style.ACCENT), ""), (cell("   "), "")]
        if not state.lost:
            changed = state.changes.tables
            if resolving is not None:
                right.append((resolving[2], ""))
            elif state.came_from is not None:
                right.append((cell(f"esc back to {state.came_from}", Style.DIM), "back"))
            elif "changes" in state.unread:
                right.append((cell("✗ changes unknown", Style.ERROR), "refresh"))
            elif changed:
                right.append((cell(f"● {plural(changed, 'table')} changed", Style.WARNING), _CHANGES))
            elif state.loaded:
                right.append((cell("clean", Style.DIM), _CHANGES))
        text, style = liveness
        right += [(cell("   "), ""), (cell(f"{text} ", style), "refresh")]
        place: list[_Part] = [(cell(f" · {info.where}", Style.DIM), "")]
        if info.encrypted is not None:
            tls = cell(" · TLS", Style.DIM) if info.encrypted else cell(" · no TLS", Style.WARNING)
            place.append((tls, ""))
        # Where there is too little room the server is left out first: its data show well enough where they are from.
        whole = [*left, *place, engine]
        fits = _width(whole) + _width(right) + 2 <= self.size.width
        self._set(tuple(whole if fits else [*left, engine]), tuple(right))

    @staticmethod
    def _unfinished(state: State, transaction: Transaction | None) -> list[_Part]:
        """What is not finished on the branch, and what is copied, compared or marked."""
        found: list[_Part] = []
        if (unfinished := state.unfinished) is not None:
            found.append((cell("  RESOLVING", styles(Style.WARNING, Style.BOLD)), "progress"))
            found.append((cell(f" {unfinished.source} {unfinished.progress}", Style.WARNING), "progress"))
        if state.row_draft:
            found.append((cell("  DRAFT", styles(Style.WARNING, Style.BOLD)), _LOWER))
            found.append((cell(f" {plural(len(state.row_draft.draft), 'row')}, not written", Style.WARNING), _LOWER))
        if transaction is not None:
            now = state.clock.now()
            elsewhere = "" if transaction.branch == state.home else f" on {transaction.branch}"
            found.append((cell("  TRANSACTION", styles(Style.WARNING, Style.BOLD)), "console"))
            found.append((cell(f"{elsewhere} {transaction_text(transaction, now)}", Style.WARNING), "console"))
        if state.gone:
            found.append((cell("  branch deleted", Style.ERROR), _BRANCHES))
        if state.operation is not None:
            conflicts = len(state.operation.conflicts)
            found.append((cell(f"  {state.operation.title}", Style.WARNING), "progress"))
            if conflicts and unfinished is None:
                found.append((cell(f" · {plural(conflicts, 'table')} in conflict", Style.ERROR), "progress"))
        if state.copied:
            found.append((cell(f"  {plural(len(state.copied), 'commit')} copied", Style.ACCENT), "pane.log"))
        if state.pair is not None:
            found.append((cell(f"  comparing {state.pair}", Style.WARNING), _CHANGES))
        elif state.marked is not None:
            found.append((cell(f"  marked {state.marked[0]}", Style.WARNING), _BRANCHES))
        return found

    def _set(self, left: tuple[_Part, ...], right: tuple[_Part, ...]) -> None:
        width = self.size.width
        if self._shown == (left, right, width):
            return
        self._shown = (left, right, width)
        left_width, right_width = _width(left), _width(right)
        left_content = content(join(*(text for text, _ in left)))
        if left_width + right_width + 2 > width:
            left_content = left_content.truncate(max(0, width - right_width - 2), ellipsis=True)
            left_width = left_content.cell_length
        gap = max(0, width - left_width - right_width)
        self._spans = []
        for at, parts in ((0, left), (left_width + gap, right)):
            for text, command in parts:
                end = at + _width([(text, command)])
                self._spans.append((at, end, command))
                at = end
        right_content = content(join(*(text for text, _ in right)))
        self.update(Content.assemble(left_content, " " * gap, right_content), layout=False)


_Part: TypeAlias = tuple[Cell, str]
"""A part of the header, and the id of the command that it stands for; empty for none."""
_BRANCHES, _CHANGES, _LOWER = "pane.branches", "pane.changes", "pane.summary"


def _width(parts: Iterable[_Part]) -> int:
    return cell_len(plain(join(*(text for text, _ in parts))))


class FooterBar(_Bar):
    """The keys of the pane in focus, most useful first, as many as there is room for."""

    def __init__(self) -> None:
        super().__init__("footer")
        self._shown: object = None

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
