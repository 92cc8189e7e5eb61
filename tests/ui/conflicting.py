"""A shop in which a merge conflicts: an import has changed customers that people have changed, too."""

from __future__ import annotations

import datetime as dt

from dolt_tui.engine.model import Author
from dolt_tui.engine.repository import Repository

IMPORT = "import/q4"
_TABLE = (
    "CREATE TABLE customers (id INTEGER NOT NULL, name VARCHAR(60), email VARCHAR(60), city VARCHAR(40),"
    " tier VARCHAR(20), credit DECIMAL(10, 2), notes VARCHAR(200), profile JSON, updated_at DATE, PRIMARY KEY (id))"
)
_NOTE = "please call at {} only, and never on a Friday afternoon"
_PROFILE = '{{"zip": "{}", "newsletter": {}, "language": "pt"}}'
_NAMES = ("Emil Sørensen", "Aoife Byrne", "Ana Ruiz", "Jan Kowalski", "Li Wei", "Hanna Weber")
_IDS = (17, 23, 42, 57, 61, 88)


def commit(repository: Repository, branch: str, message: str, author: str, days: int, *statements: str) -> None:
    """Run statements on a branch, and commit what they did."""
    repository.run(branch, [(statement, ()) for statement in statements])
    repository.working.stage_all(branch)
    date = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC) + dt.timedelta(hours=days)
    repository.commits.commit(branch, message, author=Author(author, f"{author}@example.com"), date=date)


def prepare(repository: Repository) -> None:
    """Make the tables on ``main`` and the branch `IMPORT`, and let both change the same rows."""
    rows = ", ".join(
        f"({id_}, '{name}', '{name.split()[0].lower()}@acme.pt', 'Porto', 'gold', {600 + id_},"
        f" '{_NOTE.format('noon')}', '{_PROFILE.format(4000, 'true')}', '2026-10-02')"
        for id_, name in zip(_IDS, _NAMES, strict=True)
    )
    suppliers = "CREATE TABLE suppliers (id INTEGER NOT NULL, name VARCHAR(40), PRIMARY KEY (id))"
    commit(repository, "main", "Import CRM, week 40", "crm-bot", 1, _TABLE, f"INSERT INTO customers VALUES {rows}",
           suppliers, "INSERT INTO suppliers VALUES (1, 'North'), (2, 'South')")  # fmt: skip
    repository.refs.create_branch("main", IMPORT, "main")

    def change(id_: int, values: str) -> str:
        return f"UPDATE customers SET {values} WHERE id = {id_}"

    commit(
        repository, "main", "Move Lisbon office", "Brian", 5,
        change(17, "email = 'emil@acme.dk'"),
        change(23, "tier = 'bronze', updated_at = '2026-11-02'"),
        change(42, "email = 'ana@acme.example', city = 'Lisboa', updated_at = '2026-11-25'"),
        "DELETE FROM customers WHERE id = 57",
        change(61, f"notes = '{_NOTE.format('9')}', profile = '{_PROFILE.format(1100, 'true')}'"),
        "INSERT INTO customers (id, name, tier) VALUES (99, 'New One', 'gold')",
        "UPDATE suppliers SET name = CONCAT(name, '!')" if repository.info.engine == "Dolt"
        else "UPDATE suppliers SET name = name || '!'",
    )  # fmt: skip
    commit(
        repository, IMPORT, "Import CRM, week 47", "crm-bot", 7,
        change(17, "email = 'e.sorensen@acme.dk'"),
        change(23, "tier = 'platinum', updated_at = '2026-11-20'"),
        change(42, "email = 'a.ruiz@acme.pt', city = 'Braga', credit = 950, updated_at = '2026-11-20'"),
        change(57, "tier = 'silver'"),
        change(61, f"notes = '{_NOTE.format('night')}', profile = '{_PROFILE.format(4000, 'false')}'"),
        "INSERT INTO customers (id, name, tier) VALUES (99, 'New One', 'silver')",
        "UPDATE suppliers SET name = 'East' WHERE id = 1", "UPDATE suppliers SET name = 'West' WHERE id = 2",
    )  # fmt: skip
