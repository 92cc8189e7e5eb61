"""Making, renaming and altering tables by forms; the statements are shown before they run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.editing.table_forms import ColumnForm, TableForm, objection
from dolt_tui.engine.errors import AlreadyExists, EngineError
from dolt_tui.engine.model import Call, Expected, SqlStyle, Table
from dolt_tui.engine.model.calls import script
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import TABLES, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.present.text import Cell, Style, cell, join, join_words, sanitise
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.editing.forms import AlterPreview, DefinedTable, References, Target

_NONE = TableForm("")
_LONG = 100_000
"""From so many rows on it is said that writing all of them again takes its time."""


class TableFormActions(Actions):
    """Commands that define tables."""

    _kept: tuple[str, TableForm, TableForm] | None = None
    """A form that was left: the branch, the table as it was (empty: a new one), and what was made of it."""

    def no_table(self) -> str:
        table = self.context.panes.tables.selected
        if table is None:
            return "there is no table here"
        if table.non_local:
            return f"{table.name} belongs to {table.non_local} (dolt_nonlocal_tables)"
        return ""

    def is_view(self) -> str:
        table = self.context.panes.tables.selected
        if table is None or not table.is_view:
            return ""
        return f"{table.name} is a view: views are dropped and made again"

    @command(
        "tables.new",
        "n",
        "new…",
        "Create a table by a form…",
        TABLES,
        footer=True,
        writes=True,
        synonyms=("create table", "new table", "make a table"),
        about="Asks for columns, keys, indexes and checks, and shows the statement as you type.",
        runs="CREATE TABLE …",
    )
    def new(self) -> None:
        branch, forms = self.state.branch, self.state.repository.forms
        kept = self._kept_form(branch, _NONE) or _NONE

        def ready(targets: tuple[Target, ...]) -> None:
            others = [table.name for table in self.state.tables or ()]
            from dolt_tui.ui.dialogs.table_form import TableFormDialog

            dialog = TableFormDialog("New table", kept, forms.style, targets, forms.create_calls, others=others)

            def answered(form: TableForm | None) -> None:
                self._keep(branch, _NONE, dialog.form)
                if form is not None:
                    self._preview_create(branch, form)

            self.context.ask(dialog, answered)

        self.context.look("read the tables", lambda: forms.targets(branch), ready)

    def _kept_form(self, branch: str, old: TableForm) -> TableForm | None:
        """What was made of a table that still is what it was."""
        kept = self._kept
        return kept[2] if kept is not None and kept[:2] == (branch, old) else None

    def _keep(self, branch: str, old: TableForm, form: TableForm) -> None:
        self._kept = (branch, old, form) if form != old else None

    def _preview_create(self, branch: str, form: TableForm) -> None:
        forms = self.state.repository.forms
        calls = forms.create_calls(form)

        def show(_: None, __: bool) -> Shown:
            return [*ddl_lines(calls), (), undo_note(self.state)], [choice]

        def chosen(_: str, __: None) -> None:
            def done(_: object) -> None:
                self._kept = None
                self.context.panes.tables.grid.move_to_key(form.name)
                self.context.tell(f"Created {form.name}: {key_of('undo')} removes it again")

            self.context.write(f"create {form.name}", lambda repo: repo.forms.create(branch, form), done)

        choice = Choice("c", "create the table")
        PreviewFlow(
            self.context,
            "Create",
            [join(cell("Create table "), cell(form.name, "accent bold"), cell(f" on {branch}")), ()],
            [choice],
            "n",
            f"check {form.name}",
            lambda _: None,
            show,
            chosen,
            default=lambda _: "c",
            left=self.new,
        ).begin(None)

    # renaming

    @command(
        "tables.rename",
        "R",
        "rename…",
        "Rename the table…",
        TABLES,
        writes=True,
        rank=4,
        unless=(no_table, is_view),
        synonyms=("rename table", "alter table rename"),
        runs="RENAME TABLE … TO …",
    )
    def rename(self) -> None:
        table = self.context.panes.tables.selected
        assert table is not None
        branch, repository = self.state.branch, self.state.repository

        def read() -> tuple[References, Expected]:
            seen = repository.working.look(branch, [table.name])  # first: see `Expected`
            return repository.forms.references(branch, table.name), seen

        self.context.look(
            f"find what refers to {table.name}", read, lambda found: self._ask_name(branch, table, *found)
        )

    def _ask_name(self, branch: str, table: Table, references: References, expected: Expected) -> None:
        forms = self.state.repository.forms
        others = [one.name for one in self.state.tables or () if one.name != table.name]

        def check(name: str) -> None:
            if name.lower() in {other.lower() for other in others}:
                raise AlreadyExists(f"There is already a table {name}.")
            reason = objection(TableForm(name, (ColumnForm("a", "int"),)), forms.style)
            if reason:
                raise EngineError(reason)

        def statements(name: str) -> Sequence[Cell]:
            if not name or name == table.name:
                return []
            return [cell(str(call), Style.DIM) for call in forms.rename_calls(table.name, name)]

        dialog = NameDialog(
            "Rename table",
            [join(cell("Rename table "), cell(table.name, "accent bold")), *reference_lines(table.name, references)],
            value=table.name,
            check=check,
            hint="rename",
            preview=statements,
        )

        def named(name: str | None) -> None:
            if name is None or name == table.name:
                return

            def done(_: object) -> None:
                self.context.panes.tables.grid.move_to_key(name)
                self.context.tell(f"Renamed {table.name} to {name}")

            self.context.write(
                f"rename {table.name}",
                lambda repo: repo.forms.rename(branch, table.name, name, expected),
                done,
                again=self.again("tables.rename", self.context.panes.tables, table.name),
            )

        self.context.ask(dialog, named)

    # altering

    @command(
        "tables.alter",
        "A",
        "alter…",
        "Alter the table by a form…",
        TABLES,
        footer=True,
        writes=True,
        unless=(no_table, is_view),
        synonyms=(
            "alter table",
            "add column",
            "drop column",
            "rename column",
            "modify column",
            "add index",
            "constraint",
            "primary key",
            "foreign key",
        ),
        about="Changes columns, keys, indexes and checks, and shows the statements as you type.",
        runs="ALTER TABLE …",
    )
    def alter(self) -> None:
        table = self.context.panes.tables.selected
        assert table is not None
        branch, forms = self.state.branch, self.state.repository.forms

        def ready(found: tuple[DefinedTable, tuple[Target, ...]]) -> None:
            self._edit(branch, table, *found)

        self.context.look(
            f"read the definition of {table.name}",
            lambda: (forms.table(branch, table.name), forms.targets(branch)),
            ready,
        )

    def _edit(self, branch: str, table: Table, old: DefinedTable, targets: Sequence[Target]) -> None:
        kept = self._kept_form(branch, old.form)
        forms = self.state.repository.forms

        def calls(form: TableForm) -> Sequence[Call]:
            return forms.alter_calls(old, form)

        from dolt_tui.ui.dialogs.table_form import TableFormDialog

        dialog = TableFormDialog(f"Alter {table.name}", kept or old.form, forms.style, targets, calls, before=old.form)

        def answered(form: TableForm | None) -> None:
            self._keep(branch, old.form, dialog.form)
            if form is not None:
                self._preview_alter(branch, table, old, form)

        self.context.ask(dialog, answered)

    def _preview_alter(self, branch: str, table: Table, old: DefinedTable, form: TableForm) -> None:
        forms = self.state.repository.forms
        calls = forms.alter_calls(old, form)
        alteration = forms.alteration(old, form)

        def read(whole: bool) -> tuple[References, AlterPreview | None]:
            references = forms.references(branch, table.name)
            return references, forms.preview(branch, old.form, form) if whole else None

        def show(found: tuple[References, AlterPreview | None], whole: bool) -> Shown:
            references, preview = found
            notes = alter_lines(table, alteration.rewrites, alteration.rebuilds, forms.style, references, preview)
            if preview is None and not whole:
                notes.append(cell("  … counting the rows that this concerns", Style.DIM))
            if len(calls) > 1 and forms.style is SqlStyle.MYSQL:
                text = "  Each statement is kept as soon as it has run: undo takes back all that ran."
                notes.append(cell(text, Style.DIM))
            # The statements may be long: what they do stands above them.
            return [*notes, *([()] if notes else []), *ddl_lines(calls), (), undo_note(self.state)], [choice]

        def chosen(_: str, __: object) -> None:
            def done(_: object) -> None:
                self._kept = None
                self.select(self.context.panes.tables, form.name)
                self.context.tell(f"Altered {table.name}: {key_of('undo')} takes it back")

            self.context.write(
                f"alter {table.name}",
                lambda repo: repo.forms.alter(branch, old, form),
                done,
                again=self.again("tables.alter", self.context.panes.tables, table.name),
            )

        choice = Choice("a", "alter the table")
        PreviewFlow(
            self.context,
            "Alter",
            [join(cell("Alter table "), cell(table.name, "accent bold"), cell(f" on {branch}")), ()],
            [choice],
            "A",
            f"check what altering {table.name} would do",
            read,
            show,
            chosen,
            more=lambda found: f"count the rows of {table.name}" if found[1] is None else "",
            default=lambda found: "a" if found[1] is not None and not (found[1].lost or found[1].misfits) else None,
            left=self.alter,
        ).begin()


def ddl_lines(calls: Sequence[Call]) -> list[Cell]:
    """Statements as lines of a dialog."""
    return [cell(f"  {line}") for call in calls for line in sanitise(script([call]), one_line=False).split("\n")]


def reference_lines(table: str, references: References) -> list[Cell]:
    """What refers to a table that is renamed."""
    found: list[Cell] = []
    if references.tables:
        one = len(references.tables) == 1
        found.append(
            cell(
                f"  ✓ {join_words(references.tables)} {'refers' if one else 'refer'} to it by a foreign key,"
                " which follows",
                Style.SUCCESS,
            )
        )
    for what, names in (("view", references.views), ("trigger", references.triggers)):
        if names:
            plainly = f"the {what if len(names) == 1 else what + 's'} {join_words(names)}"
            verb = "names" if len(names) == 1 else "name"
            if references.followed:
                found.append(cell(f"  ✓ {plainly} {verb} it, and will by its new name", Style.SUCCESS))
            else:
                found.append(cell(f"  ✗ {plainly} {verb} it, and will not work any more", Style.ERROR))
    return found


def alter_lines(
    table: Table,
    rewrites: bool,
    rebuilds: bool,
    style: SqlStyle,
    references: References,
    preview: AlterPreview | None,
) -> list[Cell]:
    """What an alteration meets: values that are lost or do not fit, and how long it may take."""
    found: list[Cell] = []
    for column, number in preview.lost if preview is not None else ():
        if number:
            found.append(
                cell(
                    f"  ✗ {plural(number, 'row')} {'loses its' if number == 1 else 'lose their'} value of {column}",
                    Style.ERROR,
                )
            )
        else:
            found.append(cell(f"  ✓ no row has a value of {column}", Style.SUCCESS))
    for words, number in preview.misfits if preview is not None else ():
        found.append(cell(f"  ✗ {plural(number, 'row')}: {words}", Style.ERROR))
    if rebuilds:
        text = "  DoltLite cannot do this in place: a new table takes the rows over, and the old one's place."
        found.append(cell(text, Style.DIM))
    rows = preview.rows if preview is not None else table.rows or 0
    if (rewrites or rebuilds) and rows >= _LONG:
        found.append(cell(f"  All {plural(rows, 'row')} are written again, which may take a while.", Style.WARNING))
    names = [*references.views, *references.triggers]
    if names:
        verb, works = ("names", "it still works") if len(names) == 1 else ("name", "they still work")
        found.append(cell(f"  {join_words(names)} {verb} {table.name}: check that {works}.", Style.DIM))
    return found
