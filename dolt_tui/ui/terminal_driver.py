"""Textual's driver for Unix terminals, with a quicker ``esc``."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

_PATIENCE = 0.1
"""Seconds between two looks whether the program ends, while nothing is typed."""
_SOON = ESCAPE_DELAY + 0.002


class PromptDriver(LinuxDriver):
    """Hands on a lone ``esc`` when its delay is over.

    The driver of Textual 8.2 asks whether that is so each tenth of a second only, however short ESCDELAY is: too long
    for the key that ends statements.
    """

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # without this thread no key comes any more
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Wait for input and hand it on, until the program ends."""
        selector = selectors.SelectSelector()
        selector.register(self.fileno, selectors.EVENT_READ)
        parser = XTermParser(self._debug)
        # What is no UTF-8 shows as such; it must not end the thread.
        decode = getincrementaldecoder("utf-8")("replace").decode
        wait = _PATIENCE
        try:
            while not self.exit_event.is_set():
                data = os.read(self.fileno, 4096) if (ready := selector.select(wait)) else b""
                if ready and not data:
                    break  # the terminal is gone
                text = decode(data)
                found: list[Message] = []
                try:
                    found.extend(parser.feed(text) if text else ())
                    found.extend(parser.tick())
                except ValueError:  # of Textual 8.2, for sequences of terminals that it does not know
                    parser = XTermParser(self._debug)
                for event in found:
                    self.process_message(event)
                wait = _SOON if text else _PATIENCE
        finally:
            selector.close()
