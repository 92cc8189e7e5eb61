"""Resolution plans that are not applied yet, kept in files beside the steps of undo: they outlive a crash.

Each running program has a file of its own for each plan, which it replaces as a whole. A plan is worth something only
as long as the same is to be brought to the same commit, or, in a merge, to the same branch: that is looked at when it
is read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...files import runs, write_whole
from ..core.connections import Connections
from ..core.packing import packed, packed_row, unpacked, unpacked_row
from ..core.revisions import resolve
from ..errors import BranchNotFound, RefNotFound
from ..model import Stash
from ..model.conflicts import (
    CellChoice,
    Edited,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    RowDecision,
    SchemaDecision,
    SchemaWay,
    Side,
    StepPlan,
    TablePlan,
)
from ..model.rewriting import Action, OperationKind, RebaseStep

_LARGEST = 200_000_000
"""Bytes of a file that is read."""
_UNREADABLE = (
    OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError
)  # fmt: skip
"""What a file that is torn, or was not written by this program, raises."""
_KEPT = dt.timedelta(days=60)
"""How long a plan is kept that nobody comes back to."""


class KeptPlans:
    """The files of one database. All methods block; they never raise because of a file."""

    def __init__(self, directory: Path | None, name: str, db: Connections) -> None:
        """``directory``: None keeps nothing; ``name`` tells databases apart."""
        self._directory, self._name, self._db = directory, name, db
        self._lock = threading.Lock()

    def keep(self, plan: ResolutionPlan, wanted: Callable[[], bool] = lambda: True) -> None:
        """Keep a plan as it is now, in the place of what was kept about the same; nothing where nothing is decided.

        ``wanted`` is asked when no other thread drops it: it may have been dropped since this was called.
        """
        if self._directory is None:
            return
        with self._lock:
            if not wanted():
                return
            if not any(step.tables or step.schema for step in plan.steps.values()):
                self._remove(plan.incoming)
                return
            with suppress(OSError, TypeError, ValueError):
                path = self._path(plan.incoming, os.getpid())
                write_whole(path, json.dumps(_packed_plan(plan)).encode("utf-8", "surrogatepass"))
                self._remove(plan.incoming, but=path)

    def left(self, branch: str) -> tuple[ResolutionPlan, ...]:
        """The plans about a branch that can still be applied, the newest first: this program's own, and those that
        programs have left which no longer run.

        Left out is what was made for another commit of what is brought in, and unless that is merged, for another
        commit of the branch: of a merge, what still fits is found when it is taken up. Raises what reading the branch
        raises, but for its being gone.
        """
        return self._sorted(branch)[0]

    def sort_out(self, branch: str) -> tuple[tuple[ResolutionPlan, ...], tuple[Incoming, ...]]:
        """What `left` returns, after the other plans about the branch were removed; and what those were about, the
        newest first. Raises what `left` raises.
        """
        plans, gone = self._sorted(branch)
        for incoming in gone:
            self.drop(incoming)
        return plans, gone

    def _sorted(self, branch: str) -> tuple[tuple[ResolutionPlan, ...], tuple[Incoming, ...]]:
        """The plans that can still be applied, and what the others are about."""
        plans = self._read(branch)
        current = self._current(branch, [plan.incoming for plan in plans])
        return (
            tuple(plan for plan in plans if plan.incoming in current),
            tuple(plan.incoming for plan in plans if plan.incoming not in current),
        )

    def _read(self, branch: str) -> list[ResolutionPlan]:
        """All plans about a branch that no other running program has, the newest first."""
        found: dict[Incoming, tuple[float, ResolutionPlan]] = {}
        if self._directory is None:
            return []
        for path in self._directory.glob(f"{self._stem(branch)}.*.plan"):
            with suppress(*_UNREADABLE):
                pid = int(path.name.split(".")[-2])
                about = path.stat()
                if (pid != os.getpid() and runs(pid)) or about.st_size > _LARGEST:
                    continue
                if dt.datetime.fromtimestamp(about.st_mtime, dt.UTC) < dt.datetime.now(dt.UTC) - _KEPT:
                    path.unlink()
                    continue
                plan = _unpacked_plan(json.loads(path.read_text(encoding="utf-8", errors="surrogatepass")))
                incoming = plan.incoming
                if incoming.branch == branch and found.get(incoming, (0.0,))[0] < about.st_mtime:
                    found[incoming] = about.st_mtime, plan
        return [plan for _, plan in sorted(found.values(), key=lambda each: each[0], reverse=True)]

    def drop(self, incoming: Incoming) -> None:
        """Nobody wants the plan any more: it was applied, or discarded."""
        if self._directory is not None:
            with self._lock:
                self._remove(incoming)

    def _current(self, branch: str, asked: list[Incoming]) -> list[Incoming]:
        """Those of which both sides are what they were; of a merge, the side that is merged."""
        found: list[Incoming] = []
        if not asked:
            return found
        try:
            with self._db.read(branch, "plans that were left") as session:
                head = resolve(session, "HEAD")
                for incoming in asked:
                    merges = incoming.kind in (IncomingKind.MERGE, IncomingKind.SQUASH)
                    if incoming.head != head and not merges:
                        continue
                    with suppress(RefNotFound):
                        for commit in filter(None, (incoming.head, incoming.tip, incoming.onto, *incoming.commits)):
                            resolve(session, commit)
                        found.append(incoming)
                        if merges and resolve(session, incoming.source) != incoming.tip:
                            found.remove(incoming)
        except BranchNotFound:
            return []
        return found

    def _remove(self, incoming: Incoming, but: Path | None = None) -> None:
        assert self._directory is not None
        for path in self._directory.glob(f"{self._stem(incoming.branch)}.{_digest(incoming)}.*.plan"):
            with suppress(OSError, ValueError):
                pid = int(path.name.split(".")[-2])
                if path != but and (pid == os.getpid() or not runs(pid)):
                    path.unlink(missing_ok=True)

    def _stem(self, branch: str) -> str:
        return hashlib.blake2b(f"{self._name}\0{branch}".encode(), digest_size=12).hexdigest()

    def _path(self, incoming: Incoming, pid: int) -> Path:
        assert self._directory is not None
        return self._directory / f"{self._stem(incoming.branch)}.{_digest(incoming)}.{pid}.plan"


def _digest(incoming: Incoming) -> str:
    """What tells plans about one branch apart: the same for the same commits, whatever they are called."""
    same = replace(incoming, source="", message="")
    return hashlib.blake2b(json.dumps(_packed_incoming(same)).encode(), digest_size=8).hexdigest()


def _packed_incoming(incoming: Incoming) -> dict[str, Any]:
    stash = incoming.stash
    about = stash and [
        stash.name, stash.id, stash.branch, stash.hash, stash.message, stash.among, packed(stash.made)
    ]  # fmt: skip
    return {
        "kind": str(incoming.kind),
        "texts": [incoming.branch, incoming.source, incoming.head, incoming.tip, incoming.message, incoming.onto],
        "commits": list(incoming.commits),
        "steps": [[str(step.action), step.hash, step.message] for step in incoming.steps],
        "stash": about,
        "drop": incoming.drop,
        **({"standing": str(incoming.standing)} if incoming.standing else {}),
        **({"aside": True} if incoming.aside else {}),
    }


def _unpacked_incoming(record: Mapping[str, Any]) -> Incoming:
    branch, source, head, tip, message, onto = (_text(text) for text in record["texts"])
    stash = None
    if record["stash"]:
        name, id_, made_on, hash_, text, among, made = record["stash"]
        stash = Stash(_text(name), _text(id_), _text(made_on), _text(hash_), _text(text), int(among), unpacked(made))
    return Incoming(
        IncomingKind(record["kind"]),
        branch,
        source,
        head,
        tip,
        message,
        tuple(_text(commit) for commit in record["commits"]),
        onto,
        tuple(RebaseStep(Action(action), _text(hash_), _text(text)) for action, hash_, text in record["steps"]),
        stash,
        bool(record["drop"]),
        OperationKind(record["standing"]) if "standing" in record else None,
        "aside" in record,
    )


def _packed_plan(plan: ResolutionPlan) -> dict[str, Any]:
    return {
        "incoming": _packed_incoming(plan.incoming),
        "steps": {
            commit: {
                "tables": {name: _packed_table(table) for name, table in step.tables.items()},
                "schema": {name: [str(one.side), str(one.way)] for name, one in step.schema.items()},
            }
            for commit, step in plan.steps.items()
        },
    }


def _unpacked_plan(record: Mapping[str, Any]) -> ResolutionPlan:
    steps = {
        commit: StepPlan(
            {name: _unpacked_table(table) for name, table in step["tables"].items()},
            {name: SchemaDecision(Side(side), SchemaWay(way)) for name, (side, way) in step["schema"].items()},
        )
        for commit, step in record["steps"].items()
    }
    return ResolutionPlan(_unpacked_incoming(record["incoming"]), steps)


def _packed_table(table: TablePlan) -> dict[str, Any]:
    return {
        "whole": table.whole and str(table.whole),
        "rows": [[_packed_key(key), _packed_decision(decision)] for key, decision in table.rows.items()],
        "mends": [[_packed_key(key), None if row is None else packed_row(row)] for key, row in table.mends.items()],
    }


def _unpacked_table(record: Mapping[str, Any]) -> TablePlan:
    return TablePlan(
        _side(record["whole"]),
        {_unpacked_key(key): _unpacked_decision(decision) for key, decision in record["rows"]},
        {_unpacked_key(key): None if row is None else unpacked_row(row) for key, row in record["mends"]},
    )


def _packed_key(key: tuple[Any, ...]) -> list[Any]:
    return [packed(value) for value in key]


def _unpacked_key(found: list[Any]) -> tuple[Any, ...]:
    return tuple(unpacked(value) for value in found)


def _packed_decision(decision: RowDecision) -> list[Any]:
    cells = [[name, _packed_choice(choice)] for name, choice in decision.cells.items()]
    return [decision.row and str(decision.row), cells, decision.count, decision.by, decision.delete]


def _unpacked_decision(found: list[Any]) -> RowDecision:
    row, cells, count, by, delete = found
    if count is not None and (type(count) is not int or count < 0):
        raise ValueError("no number of rows")
    choices = {_text(name): _unpacked_choice(choice) for name, choice in cells}
    return RowDecision(_side(row), choices, count, _text(by), bool(delete))


def _packed_choice(choice: CellChoice) -> Any:
    return [packed(choice.value)] if isinstance(choice, Edited) else str(choice)


def _unpacked_choice(found: Any) -> CellChoice:
    if isinstance(found, list):
        (value,) = found
        return Edited(unpacked(value))
    return Side(found)


def _side(found: Any) -> Side | None:
    return None if found is None else Side(found)


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError("no text")
    return found
