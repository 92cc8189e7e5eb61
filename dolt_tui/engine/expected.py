"""What a preview was made of: the state that has to be there still when the change is written.

Nothing here speaks to a database, so the interface may import it before the engine is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from .steps import Touches

if TYPE_CHECKING:
    from .model import Token


@dataclass(frozen=True, slots=True)
class Expected:
    """A branch or tag as it was when it was looked at, in hashes; what is empty is not compared."""

    name: str
    hash: str = ""
    """The commit."""
    staged: str = ""
    """The root hash of the staged set. Like the next two, only a session on the branch itself can compare it."""
    working: str = ""
    """The root hash of the working set."""
    tables: tuple[tuple[str, str], ...] = ()
    """Tables of the working set with their hashes; an empty hash for one that is not there."""
    tag: bool = False

    @classmethod
    def of(cls, branch: str, token: Token) -> Self:
        """All that a token tells of ``branch``."""
        return cls(branch, token.head, token.staged, token.working)

    def for_change(self, touches: Touches) -> Self:
        """Without the sets that a change which goes no further than ``touches`` leaves as they are."""
        return replace(
            self,
            staged=self.staged if touches >= Touches.STAGED else "",
            working=self.working if touches >= Touches.WORKING else "",
        )

    @property
    def ref_only(self) -> Self:
        """The branch or tag itself, without its staged and working set."""
        return replace(self, staged="", working="", tables=())
