"""The lines at the top and the bottom of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.widgets import Static

from dolt_tui.frozen import Frozen
from dolt_tui.ui.commands import Command
from dolt_tui.ui.commands.keymap import current, key_of
from dolt_tui.ui.present.content import content
from dolt_tui.ui.present.durations import transaction_text
from dolt_tui.ui.present.header import Part, fitted
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain, styles
from dolt_tui.ui.session.state import State
from dolt_tui.ui.widgets.message_line import Said
from dolt_tui.words import count, plural

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
        self._parts: list[Part] = []
        self._shown: object = None

    def opening(self, text: str) -> None:
        """Nothing is open yet."""
        self._parts = [Part(cell(" dolt-tui", Style.BOLD)), Part(cell(f"{text} ", Style.DIM), right=True)]
        self._draw()

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
        branch = Part(cell(state.branch, "accent bold"), _BRANCHES)
        if state.came_from is not None:
            branch = Part(cell(f"at {state.at}, read-only", styles(Style.WARNING, Style.BOLD)), "pane.log")
        parts = [Part(cell(" ⎇ ", Style.ACCENT), _BRANCHES), branch, *self._arrows(state)]
        if resolving is not None:
            parts.append(Part(cell(f"  {resolving[0]} ", styles(Style.ERROR, Style.BOLD))))
            parts.append(Part(cell(resolving[1], Style.BOLD), cut_at=90))
        else:
            parts += self._unfinished(state, transaction)
        if info.read_only:
            parts.append(Part(cell("  read-only", Style.WARNING), shorter=[(65, ())]))
        parts.append(Part(join(cell("   "), cell(info.database, Style.BOLD)), cut_at=75))
        # The data show well enough where they are from.
        parts.append(Part(cell(f" · {info.where}", Style.DIM), shorter=[(10, ())]))
        if info.encrypted is not None:
            tls = cell(" · TLS", Style.DIM) if info.encrypted else cell(" · no TLS", Style.WARNING)
            parts.append(Part(tls, shorter=[(15, ())]))
        engine = cell(f" · {info.engine}", Style.DIM)
        parts.append(Part(join(engine, cell(f" {info.version}", Style.DIM)), shorter=[(20, engine), (25, ())]))
        if running:
            parts.append(Part(cell(f"{running}   ", Style.ACCENT), cut_at=80, right=True))
        parts += self._state(state, resolving)
        text, style = liveness
        live = [(30, cell(f"   {text.partition(' · ')[0]} ", style)), (50, cell(" "))]
        parts.append(Part(cell(f"   {text} ", style), "refresh", live if style != Style.ERROR else (), right=True))
        self._parts = parts
        self._draw()

    @staticmethod
    def _arrows(state: State) -> list[Part]:
        """How far the branch is from its upstream, or from the default branch."""
        info = state.repository.info
        upstream, known = state.upstream_of(state.branch), state.upstream_ahead_behind(state.branch)
        base = state.ahead_behind.get(info.default_branch)
        if upstream is not None and known is not None:
            arrows = " ".join(f"{sign}{n}" for sign, n in (("↑", known.ahead), ("↓", known.behind)) if n) or "✓"
            shorter = [(40, cell(f" {arrows}", Style.DIM)), (87, ())]
            return [Part(cell(f" {arrows} {upstream.tracking}", Style.DIM), _BRANCHES, shorter)]
        if base is not None and state.branch != info.default_branch:
            # What the default branch has more, this one lacks.
            arrows = " ".join(f"{sign}{n}" for sign, n in (("↑", base.behind), ("↓", base.ahead)) if n)
            return [Part(cell(f" {arrows}", Style.DIM), _BRANCHES, [(87, ())])]
        return []

    @staticmethod
    def _state(state: State, resolving: tuple[str, str, Cell] | None) -> list[Part]:
        """Whether something has changed, and where ``esc`` leads."""
        changed = state.changes.tables
        if state.lost:
            return []
        if resolving is not None:
            return [Part(resolving[2], cut_at=92, right=True)]
        if state.came_from is not None:
            text, short = cell(f"esc back to {state.came_from}", Style.DIM), cell("esc back", Style.DIM)
            return [Part(text, "back", [(60, short), (96, ())], right=True)]
        if "changes" in state.unread:
            return [Part(cell("✗ changes unknown", Style.ERROR), "refresh", cut_at=96, right=True)]
        if changed:
            text, short = (
                cell(f"● {what}", Style.WARNING) for what in (f"{plural(changed, 'table')} changed", count(changed))
            )
            return [Part(text, _CHANGES, [(60, short), (96, ())], right=True)]
        return [Part(cell("clean", Style.DIM), _CHANGES, [(55, ())], right=True)] if state.loaded else []

    @staticmethod
    def _unfinished(state: State, transaction: Transaction | None) -> list[Part]:
        """What is not finished on the branch, and what is copied, compared or marked."""
        found: list[Part] = []

        def tell(text: str, style: str, command: str, more: str = "") -> None:
            found.append(Part(cell(f"  {text}", style), command, cut_at=90))
            if more:
                found.append(Part(cell(more, Style.WARNING), command, cut_at=82))

        strong = styles(Style.WARNING, Style.BOLD)
        if (unfinished := state.unfinished) is not None:
            tell("RESOLVING", strong, "progress", f" {unfinished.source} {unfinished.progress}")
        if state.row_draft:
            tell("DRAFT", strong, _LOWER, f" {plural(len(state.row_draft.draft), 'row')}, not written")
        if transaction is not None:
            elsewhere = "" if transaction.branch == state.home else f" on {transaction.branch}"
            tell("TRANSACTION", strong, "console", f"{elsewhere} {transaction_text(transaction, state.clock.now())}")
        if state.gone:
            tell("branch deleted", Style.ERROR, _BRANCHES)
        if state.operation is not None:
            conflicts = len(state.operation.conflicts)
            tell(state.operation.title, Style.WARNING, "progress")
            if conflicts and unfinished is None:
                text = cell(f" · {plural(conflicts, 'table')} in conflict", Style.ERROR)
                found.append(Part(text, "progress", cut_at=88))
        if state.copied:
            tell(f"{plural(len(state.copied), 'commit')} copied", Style.ACCENT, "pane.log")
        if state.pair is not None:
            tell(f"comparing {state.pair}", Style.WARNING, _CHANGES)
        elif state.marked is not None:
            tell(f"marked {state.marked[0]}", Style.WARNING, _BRANCHES)
        return found

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        left, right = fitted(self._parts, width)
        if self._shown == (left, right, width):
            return
        self._shown = (left, right, width)
        gap = max(0, width - _width(left) - _width(right))
        self._spans, at = [], 0
        for text, command in (*left, (cell(" " * gap), ""), *right):
            end = at + cell_len(plain(text))
            self._spans.append((at, end, command))
            at = end
        self.update(content(join(*(text for text, _ in (*left, (cell(" " * gap), ""), *right)))), layout=False)


_BRANCHES, _CHANGES, _LOWER = "pane.branches", "pane.changes", "pane.summary"


def _width(parts: Iterable[tuple[Cell, str]]) -> int:
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
        words = set[str]()
        for command, word in commands:
            if word in words:
                continue  # here it does the same as a key that stands there
            entry = _entry(command.id, current().display(command), word)
            if used + entry.width + len(_GAP) <= right:
                found.append(entry)
                words.add(word)
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
