"""The program with something broken in it, named by the environment variable FAULT: run by test_faults.py."""

from __future__ import annotations

import os
import sys
from typing import Any

from textual.app import App
from textual.message import Message

from dolt_tui.cli import main
from dolt_tui.ui.terminal_driver import PromptDriver
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.workspace import Workspace


def broken(*_: object, **__: object) -> Any:
    raise RuntimeError("hunter2")


def break_it(what: str) -> None:
    """Break one thing; the key @ sets it off."""
    action = Workspace.action_command

    def act(self: Workspace, command: str) -> None:
        if command != "statements":
            action(self, command)
        elif what == "action":
            broken()
        elif what == "timer":
            self.set_timer(0.01, broken)
        elif what == "drawing":
            Grid.render_line = broken  # type: ignore[method-assign]
            self.set_interval(0.02, self.panes.log.grid.refresh)
        elif what == "layout":
            self._compositor.reflow = broken  # type: ignore[method-assign]
            self.set_interval(0.02, lambda: self.refresh(layout=True))
        elif what == "input":
            PromptDriver.process_message = broken  # type: ignore[method-assign]
        elif what == "pump":
            App._dispatch_message = broken  # type: ignore[method-assign]
            self.app.post_message(Message())

    Workspace.action_command = act  # type: ignore[method-assign,assignment]
    if what == "start":
        Workspace.on_mount = broken  # type: ignore[method-assign]


if __name__ == "__main__":
    break_it(os.environ["FAULT"])
    sys.exit(main(sys.argv[1:]))
