"""The shop of the README's pictures of staging rows and of the resolver: people and an import have changed the same."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Author

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

FIRST = dt.datetime(2026, 5, 10, 9, 0, tzinfo=dt.UTC)
"""When the shop was created."""
IMPORT = "import/q4"
BOT, BRIAN = Author("crm-bot", "crm@example.com"), Author("Brian", "brian@example.com")

TABLES = (
    "CREATE TABLE customers (id INTEGER NOT NULL, name VARCHAR(60) NOT NULL, email VARCHAR(60), city VARCHAR(40),"
    " tier VARCHAR(20), credit DECIMAL(10, 2), phone VARCHAR(20), since DATE, notes VARCHAR(200), profile JSON,"
    " updated_at DATE, PRIMARY KEY (id))",
    "CREATE TABLE products (id INTEGER NOT NULL, name VARCHAR(60), price DECIMAL(10, 2), PRIMARY KEY (id))",
    "CREATE TABLE addresses (id INTEGER NOT NULL, street VARCHAR(60), PRIMARY KEY (id))",
    "CREATE TABLE suppliers (id INTEGER NOT NULL, name VARCHAR(60), PRIMARY KEY (id))",
    "CREATE TABLE offices (id INTEGER NOT NULL, name VARCHAR(60), PRIMARY KEY (id))",
    "CREATE TABLE orders (id INTEGER NOT NULL, customer_id INTEGER NOT NULL, total DECIMAL(10, 2), PRIMARY KEY (id),"
    " CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers (id))",
)
PROFILE = '{{"zip": "{}", "newsletter": "{}", "language": "pt", "vat": "PT501"}}'
BASE: dict[int, dict[str, object]] = {
    17: {"name": "Emil Sørensen", "phone": "+351 555 0117"},
    23: {"name": "Aoife Byrne", "tier": "silver"},
    42: {"name": "Ana Ruiz", "email": "ana@acme.pt", "city": "Porto", "credit": "900.00"},
    57: {"name": "Jan Kowalski", "tier": "silver"},
    61: {"name": "Zofia Nowak", "credit": "1200.00"},
    88: {"name": "Kenji Watanabe", "notes": "Prefers to be reached by phone, call at noon"},
    104: {"name": "Sofía Herrera", "profile": PROFILE.format("4000", "on")},
    117: {"name": "Hanna Weber", "tier": "bronze"},
    131: {"name": "Pierre Lefèvre", "phone": None},
    140: {"name": "Maija Virtanen", "city": "Kraków"},
    152: {"name": "Li Wei", "email": "li@north.cn"},
    166: {"name": "Ravi Menon", "since": None},
    **{180 + 7 * at: {"name": f"Customer {180 + 7 * at}"} for at in range(8)},
}
OURS: dict[int, dict[str, object]] = {
    17: {"phone": "+351 555 0171"},
    23: {"tier": "gold"},
    42: {"email": "ana@acme.example", "city": "Lisboa", "updated_at": "2026-07-04"},
    61: {"credit": "1450.00", "updated_at": "2026-06-22"},
    88: {"notes": "Prefers to be reached by phone, call at 9 only", "updated_at": "2026-06-18"},
    104: {"profile": PROFILE.format("1100", "on")},
    117: {"tier": "silver", "updated_at": "2026-06-17"},
    131: {"phone": "+49 555 0131", "updated_at": "2026-07-03"},
    140: {"city": "Warszawa", "updated_at": "2026-06-30"},
    152: {"email": "li.wei@north.cn", "updated_at": "2026-06-14"},
    166: {"since": "2021-04-19", "updated_at": "2026-06-09"},
    **{180 + 7 * at: {"credit": f"{310 + at}.00", "updated_at": "2026-06-20"} for at in range(8)},
}
THEIRS: dict[int, dict[str, object]] = {
    17: {"phone": "+351 555 0199"},
    23: {"tier": "platinum"},
    42: {"email": "a.ruiz@acme.pt", "city": "Braga", "credit": "950.00", "updated_at": "2026-06-29"},
    57: {"tier": "gold"},
    61: {"credit": "1100.00", "updated_at": "2026-06-29"},
    88: {"notes": "Prefers to be reached by phone, call after noon", "updated_at": "2026-06-29"},
    104: {"profile": PROFILE.format("4000", "off")},
    117: {"tier": None, "updated_at": "2026-06-29"},
    131: {"phone": "+49 555 0113", "updated_at": "2026-06-29"},
    140: {"city": "Wrocław", "updated_at": "2026-06-29"},
    152: {"email": "wei@north.cn", "updated_at": "2026-06-29"},
    166: {"since": "2021-04-09", "updated_at": "2026-06-29"},
    **{180 + 7 * at: {"credit": f"{280 + at}.00", "updated_at": "2026-06-29"} for at in range(8)},
}
ADDED = ("INSERT INTO customers (id, name, tier) VALUES (?, ?, ?)", "INSERT INTO orders VALUES (?, ?, ?)")


def build(repository: Repository) -> None:
    """Make the shop on ``main`` and a branch that conflicts with it."""
    _run(repository, "main", [(table, ()) for table in TABLES], "Create the shop", BRIAN, 0)
    usual: dict[str, object] = {"tier": "gold", "city": "Porto", "credit": "300.00", "updated_at": "2026-05-11"}
    rows: list[tuple[str, tuple[object, ...]]] = []
    for id_, own in BASE.items():
        values = {"id": id_, **usual, **own}
        marks = ", ".join("?" for _ in values)
        rows.append((f"INSERT INTO customers ({', '.join(values)}) VALUES ({marks})", tuple(values.values())))
    rows.append(("INSERT INTO customers (id, name) VALUES (?, ?)", (300, "Test Customer")))
    for table, number in (("products", 9), ("addresses", 2), ("suppliers", 4)):
        columns = "id, street" if table == "addresses" else "id, name"
        rows += [(f"INSERT INTO {table} ({columns}) VALUES (?, ?)", (at, f"{table} {at}")) for at in range(number)]
    _run(repository, "main", rows, "Import CRM, week 19", BOT, 1)
    repository.refs.create_branch("main", IMPORT, "main")
    ours = [*_changes(OURS), ("DELETE FROM customers WHERE id = ?", (57,))]
    ours += [(ADDED[0], (400 + at, f"New {at}", "gold")) for at in range(2)]
    ours += [(f"UPDATE {table} SET {column} = ?", ("ours",)) for table, column in _OTHERS]
    ours += [(ADDED[1], (at, 300, "20.00")) for at in range(2)]
    ours.append(("ALTER TABLE offices ADD COLUMN city VARCHAR(40)", ()))
    _run(repository, "main", ours, "Move Lisbon office", BRIAN, 55)
    theirs = [*_changes(THEIRS), ("DELETE FROM customers WHERE id = ?", (300,))]
    theirs += [(ADDED[0], (400 + at, f"New {at}", "silver")) for at in range(2)]
    theirs += [(f"UPDATE {table} SET {column} = ?", ("theirs",)) for table, column in _OTHERS]
    theirs.append(("ALTER TABLE offices ADD COLUMN city INTEGER", ()))
    _run(repository, IMPORT, theirs, "Import CRM, week 27", BOT, 50)


def uncommitted(repository: Repository) -> None:
    """Make the shop, and change customers without committing it: one of them is staged, and changed again."""
    build(repository)
    repository.run("main", _changes({61: dict[str, object](credit="1500.00")}))
    repository.working.stage("main", ["customers"])
    changes: dict[int, dict[str, object]] = {
        17: {"phone": "+351 555 0117"},
        23: {"tier": "platinum", "updated_at": "2026-07-07"},
        42: {"email": "ana.ruiz@acme.example", "updated_at": "2026-07-07"},
        61: {"credit": "1550.00", "updated_at": "2026-07-07"},
        104: {"city": "Setúbal"},
        117: {"tier": "gold", "updated_at": "2026-07-07"},
        152: {"phone": "+86 555 0152"},
        **{180 + 7 * at: {"tier": "silver"} for at in range(3)},
    }
    repository.run(
        "main",
        [
            *_changes(changes),
            ("DELETE FROM customers WHERE id = ?", (131,)),
            ("INSERT INTO customers (id, name, email, city) VALUES (?, ?, ?, ?)",
             (190, "Ida Holm", "ida@holm.example", "Oslo")),
        ],
    )  # fmt: skip


_OTHERS = (("products", "name"), ("addresses", "street"), ("suppliers", "name"))


def _changes(changes: dict[int, dict[str, object]]) -> list[tuple[str, tuple[object, ...]]]:
    return [
        (f"UPDATE customers SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?", (*values.values(), id_))
        for id_, values in changes.items()
    ]


def _run(
    repository: Repository,
    branch: str,
    statements: list[tuple[str, tuple[object, ...]]],
    message: str,
    author: Author,
    days: int,
) -> None:
    repository.run(branch, statements)
    repository.working.stage_all(branch)
    repository.commits.commit(branch, message, author=author, date=FIRST + dt.timedelta(days=days))
