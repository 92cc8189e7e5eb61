"""Tags: listing, creating, deleting. Those that keep something for undo are none of them."""

from __future__ import annotations

from ..core.compare_and_write import run
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..core.validation import check_tag_name
from ..errors import AlreadyExists
from ..model import Call, Expected, Tag
from ..undo.steps import SNAPSHOT_TAGS


class Tags:
    """Questions and changes about tags. ``branch`` is always the current branch."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def tags(self, branch: str) -> tuple[Tag, ...]:
        """All tags with the commits they name, by name."""
        with self._db.read(branch, "tags") as session:
            rows = session.rows("SELECT tag_name, tag_hash, tagger, date, message FROM dolt_tags ORDER BY tag_name")
            when = session.dialect.time
        return tuple(
            Tag(name, hash_, tagger or "", when(date) if date else None, message or "")
            for name, hash_, tagger, date, message in rows
            if not name.startswith(SNAPSHOT_TAGS)
        )

    def create(self, branch: str, name: str, start: str, message: str = "") -> None:
        """Create tag ``name`` at ``start`` (a branch, tag or hash).

        Raises `InvalidName`, `AlreadyExists`, `RefNotFound`.
        """
        check_tag_name(name)

        def work(session: Session) -> None:
            (create,) = self.create_calls(name, resolve(session, start), message)
            session.run(create)

        try:
            self._db.write(branch, work, "new tag", retry=True)
        except AlreadyExists as error:
            raise AlreadyExists(f"There is already a tag {name}.", detail=error.detail) from error

    def create_calls(self, name: str, hash_: str, message: str = "") -> tuple[Call, ...]:
        """What `create` runs at a commit."""
        options = ["-m", message] if message.strip() else []
        options += ["--author", str(self._db.author)] if self._db.author is not None else []
        return (self._db.procedure("dolt_tag", *options, "--", name, hash_),)

    def delete(self, branch: str, name: str, expected: Expected | None = None) -> None:
        """Delete a tag; its commit stays where a branch or another tag has it.

        ``expected`` is how the tag was shown. Raises `RefNotFound`, `ChangedMeanwhile`.
        """
        (delete,) = self.delete_calls(name)
        self._db.write(branch, lambda session: run(session, [expected], delete), "delete tag", retry=True)

    def delete_calls(self, name: str) -> tuple[Call, ...]:
        """What `delete` runs."""
        return (self._db.procedure("dolt_tag", "-d", "--", name),)


def own_tags(session: Session) -> list[tuple[str, str]]:
    """Names and commits of the tags, without those that keep something for undo."""
    rows = session.rows("SELECT tag_name, tag_hash FROM dolt_tags")
    return [(name, hash_) for name, hash_ in rows if not name.startswith(SNAPSHOT_TAGS)]
