"""The draft: edits of rows that are not written yet, kept while one looks at something else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import Edit, Editable, EditKind, Finding, FindingKind, RowKey, Severity
from dolt_tui.ui.present.draft_rows import NO_DRAFT, RowDraft
from dolt_tui.ui.session.events import DraftChanged

if TYPE_CHECKING:
    from dolt_tui.engine.editing.edits import Edits
    from dolt_tui.engine.model import BranchFingerprint
    from dolt_tui.ui.session.session import Session

KEEPING = "keep the draft"
"""The lane that keeps the draft in a file."""
LANE = "draft"
"""The lane of `Jobs` that asks what the database will say to a draft."""


class Drafts:
    """The drafts of all branches; to be used on the event loop only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept = 0
        self._editable: dict[tuple[str, BranchFingerprint | None], Editable] = {}

    @property
    def current(self) -> RowDraft:
        """That of the branch one is on."""
        return self._session.state.row_draft

    def change(self, draft: Draft, after: Mapping[RowKey, RowKey] | None = None) -> None:
        """The draft is another one now; ``after``: where added rows are shown."""
        before = self.current
        keys = {edit.key for edit in draft.edits if edit.kind is EditKind.ADDED}
        places = {key: at for key, at in {**before.after, **(after or {})}.items() if key in keys}
        kept, refused = (
            tuple(one for one in found if draft.edit(one.edit.table, one.edit.key) == one.edit)
            for found in (before.findings, before.refused)
        )
        self._set(RowDraft(draft, kept, not draft, refused, places))
        self._keep()
        self.check()

    def refuse(self, edit: Edit, text: str) -> None:
        """The database did not take an edit when it was to be written."""
        finding = Finding(edit, FindingKind.VALUE, Severity.ERROR, "refused", text.rstrip("."))
        self._set(replace(self.current, refused=(finding,)))

    def clear(self, *, written: bool = False) -> None:
        """There is none any more: it was discarded or written."""
        self._session.jobs.drop(LANE)
        self._set(NO_DRAFT, written=written)
        self._keep()

    def _set(self, draft: RowDraft, *, written: bool = False) -> None:
        state = self._session.state
        if draft:
            state.row_drafts[state.branch] = draft
        else:
            state.row_drafts.pop(state.branch, None)
        self._session.events.tell(DraftChanged(written))

    def renamed(self, old: str, new: str) -> None:
        """A branch has another name now: its draft goes with it."""
        state = self._session.state
        if (draft := state.row_drafts.pop(old, None)) is not None:
            self._session.repository.kept_drafts.keep(old, (), self._next_number())
            state.row_drafts[new] = draft
            self._session.events.tell(DraftChanged(False))
            if new == state.branch:
                self._keep()

    def _next_number(self) -> int:
        self._kept += 1
        return self._kept

    def _keep(self) -> None:
        """Keep the draft where a crash leaves it."""
        session, state = self._session, self._session.state
        kept, branch, edits = state.repository.kept_drafts, state.branch, self.current.draft.edits
        number = self._next_number()
        if edits:
            session.quietly(KEEPING, "", lambda: kept.keep(branch, edits, number), lambda _: None)
        else:  # at once, as the program may end now: a file is removed
            kept.keep(branch, (), number)

    def check(self) -> None:
        """Ask in the background what the database will say; the answer to a draft that changed since is dropped."""
        session, state = self._session, self._session.state
        now, branch = self.current, state.branch
        if not now:
            session.jobs.drop(LANE)
            return

        def found(answer: tuple[tuple[Finding, ...], set[RowKey]]) -> None:
            if state.branch != branch or self.current.draft is not now.draft:
                return
            findings, lost = answer
            after = {new: at for new, at in self.current.after.items() if new not in lost}
            if not self.current.checked or findings != self.current.findings or len(after) < len(self.current.after):
                self._set(replace(self.current, findings=findings, checked=True, after=after))

        def work() -> tuple[tuple[Finding, ...], set[RowKey]]:
            edits = state.repository.edits
            return edits.check(branch, now.draft), _lost(edits, branch, now)

        session.quietly(LANE, "", work, found)

    # what can be edited

    def known(self, table: str) -> Editable | None:
        """How a table can be edited, where that was asked since the branch changed last."""
        return self._editable.get((table, self._session.state.fingerprint))

    def learn(self, editable: Editable) -> None:
        """Keep how a table can be edited."""
        fingerprint = self._session.state.fingerprint
        self._editable = {key: kept for key, kept in self._editable.items() if key[1] == fingerprint}
        self._editable[editable.table, fingerprint] = editable


def _lost(edits: Edits, branch: str, draft: RowDraft) -> set[RowKey]:
    """The added rows whose place is behind a row that is gone."""
    lost: set[RowKey] = set()
    for name, table in draft.draft.tables.items():
        places = {edit.key: draft.after[edit.key] for edit in draft.draft.added(name) if edit.key in draft.after}
        if not places:
            continue
        keys = list(dict.fromkeys(places.values()))
        with suppress(EngineError):  # where the table is gone, that is told
            gone = {key for key, row in zip(keys, edits.rows(branch, table, keys), strict=True) if row is None}
            lost |= {new for new, key in places.items() if key in gone}
    return lost
