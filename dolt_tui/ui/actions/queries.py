"""What the keys of Queries do: run, edit, make, rename and delete saved queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dolt_tui.engine.errors import AlreadyExists, EngineError, InvalidName
from dolt_tui.engine.model import SavedQuery
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import QUERIES, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.fields import Field, FieldsDialog
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.present.text import Style, cell, join, wrap


class QueryActions(Actions):
    """Commands on saved queries."""

    def none_here(self) -> str:
        return "" if self.context.panes.queries.selected is not None else "there is no query here"

    @property
    def _query(self) -> SavedQuery:
        query = self.context.panes.queries.selected
        assert query is not None
        return query

    @command(
        "queries.run",
        "enter",
        "run",
        "Run the saved query",
        QUERIES,
        footer=True,
        unless=none_here,
        synonyms=("execute", "run query"),
    )
    def run(self) -> None:
        from dolt_tui.ui.flows.console import run_query

        run_query(self.context, self._query.query)

    @command(
        "queries.at",
        "space",
        "run at…",
        "Run the query at another revision…",
        QUERIES,
        footer=True,
        unless=none_here,
        synonyms=("as of", "time travel"),
        about="Asks for a branch, a tag or a commit.",
    )
    def run_at(self) -> None:
        from dolt_tui.ui.flows.query_at import run_text_at

        run_text_at(self.context, self._query.query)

    @command(
        "queries.edit",
        "e",
        "edit",
        "Edit the query in the console",
        QUERIES,
        footer=True,
        unless=none_here,
        synonyms=("change query",),
    )
    def edit(self) -> None:
        from dolt_tui.ui.flows.console import edit_query

        edit_query(self.context, self._query.query, self._query.name)

    @command(
        "queries.compare",
        "W",
        "compare…",
        "Diff of the query's result at two revisions…",
        QUERIES,
        footer=True,
        unless=none_here,
        synonyms=("compare", "query diff"),
    )
    def compare(self) -> None:
        from dolt_tui.ui.flows.query_diff import compare_query  # what compares is heavy

        compare_query(self.context, self._query.query)

    @command(
        "queries.new",
        "n",
        "new…",
        "Save a new query…",
        QUERIES,
        footer=True,
        writes=True,
        synonyms=("new query", "bookmark", "save query"),
    )
    def new(self) -> None:
        def check(text: str) -> None:
            if not text:
                raise EngineError("A query has some text.")

        fields = [self._name(), Field("Query", check), _DESCRIPTION]

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                self._add(*texts)

        self.context.ask(FieldsDialog("New query", [], fields, hint="save"), typed)

    @command("queries.rename", "R", "rename…", "Rename the query…", QUERIES, footer=True, writes=True, unless=none_here)
    def rename(self) -> None:
        query = self._query
        fields = [self._name(query.name), replace(_DESCRIPTION, value=query.description)]

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                name, description = texts
                after = replace(query, name=name, description=description)
                self._change(query, after, f"Renamed query {query.name} to {name}")

        body = [join(cell("Rename query "), cell(query.name, "accent bold"))]
        self.context.ask(FieldsDialog("Rename query", body, fields, hint="rename"), typed)

    @command(
        "queries.delete",
        "d",
        "delete…",
        "Delete the query…",
        QUERIES,
        footer=True,
        writes=True,
        unless=none_here,
        synonyms=("remove query",),
        destroys=True,
    )
    def delete(self) -> None:
        query, branch = self._query, self.state.branch
        body = [join(cell("Delete query "), cell(query.name, "accent bold"))]
        text = wrap(query.query, 80)
        body += [cell(f"  {line}", Style.DIM) for line in text[:6]]
        body += [cell("  …", Style.DIM)] if len(text) > 6 else []
        body += [(), undo_note(self.state)]
        calls = self.state.repository.queries.delete_calls(query)
        dialog = ChoiceDialog("Delete query", body, [Choice("x", "delete it", calls=calls)], opener="d")

        def chosen(letter: str | None) -> None:
            if letter == "x":
                self.context.write(
                    f"delete query {query.name}",
                    lambda repo: repo.queries.delete(branch, query),
                    lambda _: self.context.tell(f"Deleted query {query.name}"),
                    again=self.again("queries.delete", self.context.panes.queries, query.id),
                )

        self.context.ask(dialog, chosen)

    def _name(self, own: str = "") -> Field:
        """A field for a name that no other query has."""
        others = {query.name for query in self.context.panes.queries.queries} - {own}

        def check(name: str) -> None:
            _some_name(name)
            if name in others:
                raise AlreadyExists(f"There is already a query {name}.")

        return Field("Name", check, own)

    def _add(self, name: str, text: str, description: str) -> None:
        branch = self.state.branch
        query = self.state.repository.queries.new(name, text, description)

        def done(_: object) -> None:
            self.select(self.context.panes.queries, query.id)
            self.context.tell(f"Saved query {query.name}")

        self.context.write(f"save query {query.name}", lambda repo: repo.queries.add(branch, query), done)

    def _change(self, before: SavedQuery, after: SavedQuery, told: str) -> None:
        branch = self.state.branch
        if after == before:
            return
        self.context.write(
            f"change query {before.name}",
            lambda repo: repo.queries.change(branch, before, after),
            lambda _: self.context.tell(told),
        )


def _some_name(name: str) -> None:
    if not name.strip():
        raise InvalidName("A query needs a name.")


_anything: Callable[[str], None] = lambda _: None  # noqa: E731
_DESCRIPTION = Field("Description", _anything, placeholder="none")
