"""Reading the panes again after changes of ours and of others; a server that is lost, and a branch that is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from dolt_tui.engine.errors import (
    BranchNotFound,
    BranchShadowed,
    EngineError,
    ServerLost,
    ServerStopped,
    Unanswered,
)
from dolt_tui.engine.model import BranchFingerprint
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.present.text import join_words
from dolt_tui.ui.present.verbs import could_not
from dolt_tui.ui.session import events
from dolt_tui.ui.session.holds import Hold
from dolt_tui.ui.session.jobs import Job, was_cancelled
from dolt_tui.ui.session.reads import ALL, QUESTIONS, Answer, Part, Reader, Reading, changed_scopes

if TYPE_CHECKING:
    from dolt_tui.ui.session.session import Session

T = TypeVar("T")


class Refresh:
    """Reads for a session; all methods run on the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._polls = 0
        self._done: list[Callable[[], None]] = []
        """What is to happen when everything that is being read is shown."""
        self._holds: list[Hold] = []
        """The keys wait until then."""
        self._moved = False
        """Whether the branch has another last commit since a change of ours that is being read."""
        self._said = ""
        """The failure of a whole reading, or of the look for other writers, that was told last."""
        self._unsaid: list[str] = []
        """Questions that were not answered, of which the user has not been told yet."""
        self._owed: frozenset[str] = frozenset()
        """The scopes that are being read: a reading that replaces another one reads these too."""
        self._asked_about_branch = False
        self._told_lost = ""
        """What was told last about the server being lost."""

    # reading

    def read_all(self, hold: str = "") -> None:
        """Read every pane again; with a reason to ``hold`` them, keys wait until all are filled."""
        if hold:
            self._holds.append(self._session.hold(hold))
        self._read(ALL)

    def after(self, done: Callable[[], None]) -> None:
        """Run ``done`` when what is being read is shown."""
        self._done.append(done)

    def read_changed(self, done: Callable[[], None] | None = None, hold: str = "") -> None:
        """After a change of ours: find out what it changed, read that again, and then ``done``.

        With a reason to ``hold`` them, keys wait until all is shown.
        """
        session, state = self._session, self._session.state
        if done is not None:
            self._done.append(done)
        if hold:
            self._holds.append(session.hold(hold))
        if session.jobs.active("write"):
            return  # it reads the panes when it is done, and then reports
        known, branch = state.fingerprint, state.branch

        def compared(fingerprint: BranchFingerprint) -> None:
            if known is not None and fingerprint.head != known.head:
                self._moved = True  # what came of it is to be seen
            scopes = changed_scopes(known, fingerprint) | self._owed
            if scopes:
                self._read(scopes)
            else:
                self._arrived_all()

        self._ask(
            "panes",
            "read the panes",
            lambda: state.repository.refs.fingerprint(branch, refs=True),
            compared,
            self._failed,
        )

    def read_scopes(self, scopes: frozenset[str]) -> None:
        """Read some panes again, in the background."""
        self._read(scopes)

    def _read(self, scopes: frozenset[str], *, again: bool = False) -> None:
        """Read panes; ``again``: only because of what could not be read before."""
        session, state = self._session, self._session.state
        unread = dict(state.unread) if again and not self._owed else {}
        scopes = self._owed = (scopes | self._owed) if state.loaded else ALL
        readers = [reader for reader in session.shown.readers() if reader.SCOPES & scopes]
        holder: list[Job] = []
        parts: list[Answer | Part] = []
        whole = not state.loaded

        def arrived(part: Answer | Part) -> None:
            # On a branch that is not shown yet everything appears at once; else as it comes.
            session.jobs.post(holder[0], lambda: parts.append(part) if whole else self._arrived(part))
            session.watch.answers()

        reading = Reading(state, scopes, session.settings.log_page, arrived)

        def work() -> BranchFingerprint:
            with reading:
                return reading.read(readers)

        def done(fingerprint: BranchFingerprint) -> None:
            for part in parts:
                self._arrived(part)
            same = bool(unread) and unread == state.unread and not changed_scopes(state.fingerprint, fingerprint)
            self._set_fingerprint(fingerprint, scopes)
            self._arrived_all(same)

        # The job's own thread may be faster than this assignment, but its posts run on this thread, after it.
        holder.append(self._ask("panes", "read the panes", work, done, self._failed))

    def _set_fingerprint(self, fingerprint: BranchFingerprint, scopes: frozenset[str]) -> None:
        """What is shown of ``scopes`` is as it was at ``fingerprint``."""
        state = self._session.state
        if changed_scopes(state.fingerprint, fingerprint) - scopes:
            return  # something else changed as well: the next look at the database finds it
        state.fingerprint = replace(
            fingerprint, refs=fingerprint.refs or (state.fingerprint.refs if state.fingerprint is not None else "")
        )
        state.gone = fingerprint.branch is None and state.came_from is None

    def read_pane(self, reader: Reader) -> None:
        """Read a pane alone, as a tab that comes to the front."""
        session = self._session
        if not session.is_open:
            return  # it is read with the others
        reading = Reading(session.state, reader.SCOPES, session.settings.log_page, lambda _: None)

        def work() -> Part:
            with reading:
                return reading.part(reader)

        def failed(error: Exception) -> None:
            if not session.lost(error):
                self._arrived(Part(reader, f"the {reader.TITLE.lower()}", error=error))

        def done(part: Part) -> None:
            self._arrived(replace(part, question=None))  # which was asked for this pane only

        session.jobs.run(reader.lane, f"read the {reader.TITLE.lower()}", work, done, failed)

    def _arrived(self, part: Answer | Part) -> None:
        """Keep an answer in the state, or hand to a pane what it read; or find out why there is none."""
        session, state = self._session, self._session.state
        told = isinstance(part, Part) and part.question is not None  # with its question
        if part.error is not None and not isinstance(part.error, EngineError) and not told:
            session.events.tell(events.Fault(part.error, "while a pane was read"))
        if isinstance(part, Part):
            session.events.tell(events.Arrived(part))
            return
        question = part.question
        if part.error is None:
            state.unread.pop(question.name, None)
            question.keep(state, part.found)
            return
        text = str(part.error)
        if state.unread.get(question.name) != text:
            self._unsaid.append(question.name)
        state.unread[question.name] = text
        question.forget(state)

    def _arrived_all(self, same: bool = False) -> None:
        session, state = self._session, self._session.state
        first = not state.loaded
        state.loaded = True
        if state.lost:
            state.lost = False
            session.events.tell(events.ServerBack())
            session.writes.look()
        session.watch.seen()
        session.statistics.due = True
        moved, self._moved = self._moved, False
        session.events.tell(events.Settled(first, moved, same))
        if not session.jobs.active("main"):
            session.statistics.count()
        self._owed = frozenset()
        self._said = ""
        self._say_failures()
        done, self._done = self._done, []
        self._release()
        for report in done:
            report()
        if state.gone:
            self._ask_about_branch()

    def _say_failures(self) -> None:
        """Tell of new failures, all of one reading together."""
        unread = self._session.state.unread
        unsaid, self._unsaid = [name for name in self._unsaid if name in unread], []
        if unsaid:
            what = join_words([QUESTIONS[name].what for name in unsaid])
            self._session.tell(f"{could_not(f'read {what}')}: {unread[unsaid[0]]}", "error")

    def _failed(self, error: Exception) -> None:
        session, state = self._session, self._session.state
        if was_cancelled(error):
            session.tell(f"Cancelled: what is shown may be old. {key_of('refresh')} reads it again.", "warning")
        elif isinstance(error, BranchNotFound | BranchShadowed):
            state.gone = True
            self._ask_about_branch(error)
        elif not session.lost(error):
            if not state.loaded:
                session.events.tell(events.Unreadable(error))
            if self._holds:  # the user waits for it
                session.failed("read the database", error)
                self._said = str(error)
            else:
                self._say_once(f"Could not read the database: {error}", error)
        self._owed, self._moved = frozenset(), False
        self._done.clear()
        self._release()

    def _say_once(self, text: str, error: Exception) -> None:
        """Tell of a failure that comes again every second as long as its cause stays."""
        if self._said != str(error):
            self._said = str(error)
            self._session.tell(text, "error")

    def _release(self) -> None:
        holds, self._holds = self._holds, []
        for hold in holds:
            hold.release()

    # other writers

    def poll(self) -> None:
        """Look whether somebody changed something; waits while we do something ourselves."""
        session, state, settings = self._session, self._session.state, self._session.settings
        jobs = session.jobs
        looking = jobs.active("poll")
        if looking and 0 < looking[0].started < session.clock.monotonic() - settings.patience:
            jobs.drop("poll")  # its answer was lost on the way: another connection may get one
        if jobs.active("write", "panes", "poll") or state.gone:
            return
        if self._holds or self._owed:  # a reading was broken off, and nothing took its place
            self._read(self._owed or ALL)
            return
        if session.busy and not state.lost:
            return
        self._polls += 1
        with_refs = self._polls % settings.refs_every == 0 or state.lost
        branch = state.branch

        def looked(fingerprint: BranchFingerprint) -> None:
            if state.branch != branch:
                return
            if state.lost:
                self.read_all()
                return
            if fingerprint.branch is None and state.came_from is None:
                state.gone = True
                self._ask_about_branch()
                return
            session.watch.seen()
            scopes = changed_scopes(state.fingerprint, fingerprint)
            again = frozenset[str]()
            if state.unread and self._polls % settings.retry_every == 0:
                again = frozenset(QUESTIONS[name].scope for name in state.unread)
            if scopes or again:
                self._read(scopes | again, again=not scopes)
            else:
                self._said = ""

        def failed(error: Exception) -> None:
            if isinstance(error, BranchNotFound | BranchShadowed):
                state.gone = True
                self._ask_about_branch(error)
            elif not session.lost(error) and not was_cancelled(error):
                session.watch.failed = True
                self._say_once(f"Could not look for changes: {error}", error)
                session.events.tell(events.Progress())

        self._ask("poll", "", lambda: state.repository.refs.fingerprint(branch, refs=with_refs), looked, failed)

    @property
    def polls(self) -> int:
        """How often it was looked whether somebody changed something."""
        return self._polls

    def lost(self, error: Exception) -> bool:
        """Whether the error means that the server is lost; that is told then, and the poll tries again."""
        if not isinstance(error, ServerLost):
            return False
        session, state = self._session, self._session.state
        if not state.lost or (isinstance(error, ServerStopped | Unanswered) and str(error) != self._told_lost):
            self._told_lost = str(error)
            session.tell(f"{error.message} {advice_of(error)}", "error")
        session.watch.stopped = isinstance(error, ServerStopped)
        if not state.lost:
            state.lost = True
            session.watch.lost()
            state.fingerprint = None  # nothing counts as seen: every pane is read again when the server is back
            session.events.tell(events.ServerLost(error))
        session.events.tell(events.Progress())
        return True

    def _ask_about_branch(self, error: Exception | None = None) -> None:
        session, state = self._session, self._session.state
        session.events.tell(events.Progress())
        if self._asked_about_branch:
            return
        self._asked_about_branch = True
        default = state.came_from or state.repository.info.default_branch
        if isinstance(error, BranchShadowed):
            default = error.opened

        def answered(yes: bool) -> None:
            self._asked_about_branch = False
            if yes:
                session.switch(default)

        session.events.tell(events.BranchGone(error, default, answered))

    def _ask(
        self,
        lane: str,
        label: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        """Ask the database about its state: how long it takes to answer is watched."""
        self._session.watch.asks()

        def answered(found: T) -> None:
            self._session.watch.answers()
            done(found)

        return self._session.jobs.run(lane, label, work, answered, failed)
