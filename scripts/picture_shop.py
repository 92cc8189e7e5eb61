"""The shop of the README's pictures of the console and of cells: customers, their orders, and who looks after them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

FIRST = dt.datetime(2026, 5, 18, 9, 0, tzinfo=dt.UTC)
"""When the shop was created; its other commits are some weeks apart."""
EMPLOYEES = ("Sehn", "Hendriks", "Son", "Fitzgerald", "Wilkins")
CUSTOMERS = (
    ("Emil Sørensen", "Aarhus"),
    ("Aoife Byrne", "Cork"),
    ("Luca Bianchi", "Torino"),
    ("Marta Lindqvist", "Göteborg"),
    ("Ana Ruiz", "Porto"),
    ("Kenji Watanabe", "Osaka"),
    ("Inês Carvalho", "Braga"),
    ("Tomáš Novák", "Brno"),
    ("Jan Kowalski", "Gdynia"),
    ("Zofia Nowak", "Kraków"),
    ("Li Wei", "Shanghai"),
    ("Sofía Herrera", "Sevilla"),
    ("Owen Clarke", "Bristol"),
    ("Test Customer", ""),
    ("Hanna Weber", "Bremen"),
    ("Pierre Lefèvre", "Lyon"),
    ("Maija Virtanen", "Turku"),
    ("Ravi Menon", "Leeds"),
    ("Elif Kaya", "İzmir"),
    ("Noor Haddad", "Utrecht"),
)
MOVED = {1: "Odense", 2: "Dublin", 3: "Milano", 4: "Malmö", 5: "Lisboa", 6: "Kyoto", 9: "Gdańsk", 10: "Warszawa"}
"""Where customers live now, by their ids."""
ORDERS = {1: 3, 2: 9, 3: 6, 4: 19, 5: 31, 6: 17, 7: 4, 8: 2, 9: 11, 10: 28, 12: 5, 14: 3, 16: 8, 20: 12}
"""How many orders customers have."""

TABLES = (
    "CREATE TABLE employees (id INTEGER NOT NULL, name VARCHAR(60) NOT NULL, PRIMARY KEY (id))",
    "CREATE TABLE customers (id INTEGER NOT NULL, name VARCHAR(80) NOT NULL, city VARCHAR(60),"
    " tier VARCHAR(20) NOT NULL DEFAULT 'bronze', credit DECIMAL(10, 2), since DATE, rep_id INTEGER,"
    " PRIMARY KEY (id), CONSTRAINT fk_customers_rep FOREIGN KEY (rep_id) REFERENCES employees (id))",
    "CREATE TABLE orders (id INTEGER NOT NULL, customer_id INTEGER NOT NULL, total DECIMAL(10, 2) NOT NULL,"
    " PRIMARY KEY (id), CONSTRAINT fk_orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)"
    " ON DELETE CASCADE)",
)


def build(repository: Repository) -> None:
    """Make the shop on ``main``: three commits, the tag ``v1.4``, a branch, and a change that is not committed."""
    repository.run("main", [(table, ()) for table in TABLES])
    _commit(repository, "Create the shop", 1)
    repository.run("main", [("INSERT INTO employees VALUES (?, ?)", row) for row in enumerate(EMPLOYEES)])
    repository.run(
        "main",
        [
            (
                "INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    name,
                    city or None,
                    ("bronze", "silver", "gold")[number * 7 % 3],
                    300 + number * 37 % 13 * 100,
                    f"{2019 + number * 5 % 7}-{number * 7 % 12 + 1:02}-{number * 11 % 28 + 1:02}",
                    number * 3 % 5 if city else None,
                ),
            )
            for number, (name, city) in enumerate(CUSTOMERS, 1)
        ],
    )
    customers = [customer for customer, orders in ORDERS.items() for _ in range(orders)]
    repository.run(
        "main",
        [
            ("INSERT INTO orders VALUES (?, ?, ?)", (number, customer, 20 + number * 31 % 97))
            for number, customer in enumerate(customers, 1)
        ],
    )
    _commit(repository, "Import CRM, week 22", 14)
    repository.tags.create("main", "v1.4", "main")
    repository.refs.create_branch("main", "price-review", "main")
    repository.run(
        "main", [("UPDATE customers SET city = ? WHERE id = ?", (city, number)) for number, city in MOVED.items()]
    )
    _commit(repository, "Customers who moved", 47)
    repository.run("main", [("UPDATE orders SET total = total + 5 WHERE customer_id = ?", (4,))])


def _commit(repository: Repository, message: str, days: int) -> None:
    repository.working.stage_all("main")
    repository.commits.commit("main", message, date=FIRST + dt.timedelta(days=days))
