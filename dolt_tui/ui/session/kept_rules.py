"""The rules for conflicts that the configuration keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.config import ConfigError
from dolt_tui.config_rules import KINDS, KeptRule
from dolt_tui.engine.model.conflicts import Rule, RuleKind

if TYPE_CHECKING:
    from dolt_tui.ui.session.session import Session


class KeptRules:
    """To be used on the event loop only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.rules = tuple(map(rule_of, session.settings.rules))
        """Those of the configuration; also those that were added since it was read."""

    @property
    def can_keep(self) -> bool:
        """Whether there is a configuration that a rule can be added to."""
        return self._session.settings.keep_rule is not None

    def keep(self, rule: Rule, done: Callable[[], None]) -> None:
        """Add a rule to the configuration, and go on with ``done``; keys wait."""
        session, keep = self._session, self._session.settings.keep_rule
        assert keep is not None

        def work() -> tuple[Rule, ...] | ConfigError:
            try:
                return tuple(map(rule_of, keep(as_kept(rule))))
            except ConfigError as error:
                return error

        def kept(found: tuple[Rule, ...] | ConfigError) -> None:
            if isinstance(found, ConfigError):
                session.tell(f"The rule was not saved: {found}", "error")
                return
            self.rules = found
            done()

        session.look("save the rule", work, kept)


def rule_of(kept: KeptRule) -> Rule:
    """A rule of the configuration."""
    kind = list(RuleKind)[KINDS.index(kept.kind)]
    return Rule(kind, kept.table, kept.columns, kept.by, kept.expression, kept.automatic)


def as_kept(rule: Rule) -> KeptRule:
    """A rule as the configuration has it."""
    kind = KINDS[list(RuleKind).index(rule.kind)]
    return KeptRule(kind, rule.table, rule.columns, rule.by, rule.expression, rule.automatic)
