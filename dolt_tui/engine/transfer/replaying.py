"""SQL scripts from files: their statements one after the other, all of them or none."""

from __future__ import annotations

import codecs
import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO

from ..console.scanner import split
from ..console.statements import TransactionStep, describe
from ..core.cancellation import current, uncancelled
from ..core.connections import Connections, Session
from ..errors import BadLine, Cancelled, EngineError, ServerLost
from ..model import Call, SqlStyle
from ..undo.undo import Undo
from .reading import Layout, opened

_CHUNK = 4 * 1024 * 1024
"""Characters of a script that are split at a time."""
_LONGEST = 512 * 1024 * 1024
_DELIMITER = re.compile(r"^\s*DELIMITER\s", re.IGNORECASE | re.MULTILINE)
_ENDS = re.compile(r"\s*(--[^\n]*\n\s*)*(BEGIN|COMMIT|END)\b", re.IGNORECASE)
_WHOLE = (TransactionStep.BEGIN, TransactionStep.COMMIT)
_FOREIGN_KEYS = re.compile(r"\s*(--[^\n]*\n\s*)*PRAGMA\s+foreign_keys\b", re.IGNORECASE)


def statements(layout: Layout, style: SqlStyle) -> Iterator[tuple[int, str]]:
    """The statements of a file, each with the line that it begins on. Raises `EngineError`."""
    with opened(layout.path, compressed=layout.compressed) as binary:
        name = "utf-8-sig" if codecs.lookup(layout.encoding).name == "utf-8" else layout.encoding
        with io.TextIOWrapper(binary, name, "surrogateescape", newline="") as text:
            yield from _split(text, style)


def _split(text: IO[str], style: SqlStyle) -> Iterator[tuple[int, str]]:
    line, buffer, ended = 1, "", False
    while not ended:
        more = text.read(_CHUNK)
        if _DELIMITER.search(more):  # what it says holds for all that follows: the rest is split at once
            more += text.read(_LONGEST)
        buffer += more
        ended = len(more) < _CHUNK or len(more) > _CHUNK
        script = split(buffer, style)
        found = script.statements if ended else script.statements[:-1]  # the last one may go on
        at = 0
        for statement in found:
            line += buffer.count("\n", at, statement.start)
            at = statement.start
            lead = len(statement.text) - len(statement.text.lstrip())
            yield line + statement.text.count("\n", 0, lead), statement.text
        if not ended and found:
            start = script.statements[-1].start
            line += buffer.count("\n", at, start)
            buffer = buffer[start:]


class Replays:
    """Runs scripts. On Dolt what changes definitions commits: what a failing script did is undone."""

    def __init__(self, db: Connections, undo: Undo) -> None:
        self._db, self._undo = db, undo

    def replay(self, branch: str, layout: Layout, progress: Callable[[int, int | None], None] | None) -> int:
        """Run a script as one step of undo; returns how many statements it has.

        Raises `BadLine` for the first statement that fails: nothing of the others stays then.
        """
        label = f"import {layout.name}"
        before = {step.id for step in self._undo.steps()}
        try:
            return self._undo.perform(branch, label, lambda: self._run(branch, layout, progress))[0]
        except ServerLost:
            raise
        except EngineError:
            with uncancelled(), suppress(EngineError):
                for step in reversed(self._undo.steps()):
                    if step.id not in before and step.label == label and not step.undone:
                        self._undo.undo(step)
                        self._undo.forget(step)
            raise

    def _run(self, branch: str, layout: Layout, progress: Callable[[int, int | None], None] | None) -> int:
        style = self._db.dialect.traits.sql

        def work(session: Session) -> int:
            done, told = 0, time.monotonic()
            for line, text in statements(layout, style):
                cancellation = current()
                if cancellation is not None:
                    cancellation.check()
                try:
                    self._one(session, text, style)
                except (Cancelled, ServerLost):
                    raise
                except EngineError as error:
                    raise BadLine(layout.name, line, error.message[:300].rstrip(".")) from error
                done += 1
                if progress is not None and time.monotonic() - told > 0.1:
                    progress(done, None)
                    told = time.monotonic()
            return done

        return self._db.write(branch, work, "import")

    @staticmethod
    def _one(session: Session, text: str, style: SqlStyle) -> None:
        """Run a statement; on DoltLite all of a script is one transaction, whatever it says itself."""
        if style is SqlStyle.SQLITE:
            if _ENDS.match(text) and describe(text, style).transaction in _WHOLE:
                return
            if _FOREIGN_KEYS.match(text):
                text = "PRAGMA defer_foreign_keys = ON"  # they are checked at the end
        session.rows(session.dialect.sql(Call((text,), (), style)))
