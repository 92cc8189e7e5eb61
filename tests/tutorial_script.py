"""The getting-started tutorial's own script, with plain SQLAlchemy, and nothing of this project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


def script(url: sa.URL) -> Iterator[str]:
    """The tutorial, step by step, in the database of a URL; yields what was just done."""

    def checkout(branch: str) -> sa.Engine:
        return sa.create_engine(url.set(database=f"{url.database}/{branch}"), poolclass=sa.NullPool)

    def run(engine: sa.Engine, *statements: Any) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(sa.text(statement) if isinstance(statement, str) else statement)
            connection.commit()

    def commit(engine: sa.Engine, author: str, message: str) -> None:
        run(
            engine,
            "CALL DOLT_ADD('-A')",
            f"CALL DOLT_COMMIT('--skip-empty', '--author', '{author}', '-m', '{message}')",
        )

    def load(engine: sa.Engine) -> list[sa.Table]:
        metadata = sa.MetaData()
        return [sa.Table(name, metadata, autoload_with=engine) for name in ("employees", "teams", "employees_teams")]

    engine = checkout("main")
    metadata = sa.MetaData()
    sa.Table(
        "employees",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last_name", sa.String(255)),
        sa.Column("first_name", sa.String(255)),
    )
    sa.Table(
        "teams",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(255)),
    )
    sa.Table(
        "employees_teams",
        metadata,
        sa.Column("employee_id", sa.ForeignKey("employees.id"), primary_key=True, autoincrement=False),
        sa.Column("team_id", sa.ForeignKey("teams.id"), primary_key=True, autoincrement=False),
    )
    metadata.create_all(engine)
    yield "created"
    commit(engine, "Tim <tim@example.com>", "Created tables")
    employees, teams, employees_teams = load(engine)
    names = [("Sehn", "Tim"), ("Hendriks", "Brian"), ("Son", "Aaron"), ("Fitzgerald", "Brian")]
    run(
        engine,
        sa.insert(employees).values(
            [{"id": number, "last_name": last, "first_name": first} for number, (last, first) in enumerate(names)]
        ),
    )
    run(engine, sa.insert(teams).values([{"id": 0, "name": "Engineering"}, {"id": 1, "name": "Sales"}]))
    pairs = [(0, 0), (1, 0), (2, 0), (0, 1), (3, 1)]
    run(
        engine,
        sa.insert(employees_teams).values([{"employee_id": employee, "team_id": team} for employee, team in pairs]),
    )
    yield "inserted"
    commit(engine, "Aaron <aaron@example.com>", "Inserted data into tables")
    employees_teams.drop(engine)
    yield "dropped"
    run(engine, "CALL DOLT_RESET('--hard')")
    yield "reset"

    run(engine, "CALL DOLT_BRANCH('modify_data')")
    engine = checkout("modify_data")
    employees, teams, employees_teams = load(engine)
    run(
        engine,
        sa.update(employees).where(employees.c.first_name == "Tim").values(first_name="Timothy"),
        sa.insert(employees).values([{"id": 4, "last_name": "Wilkins", "first_name": "Daylon"}]),
        sa.insert(employees_teams).values([{"employee_id": 4, "team_id": 0}]),
        sa.delete(employees_teams).where(employees_teams.c.employee_id == 0).where(employees_teams.c.team_id == 1),
    )
    yield "data modified"
    commit(engine, "Brian <brian@example.com>", "Modified data on branch")

    run(checkout("main"), "CALL DOLT_BRANCH('modify_schema')")
    engine = checkout("modify_schema")
    run(engine, "alter table employees add column start_date date")

    class Base(DeclarativeBase):
        pass

    class Employee(Base):
        __tablename__ = "employees"
        id: Mapped[int] = mapped_column(primary_key=True)
        last_name: Mapped[str] = mapped_column(sa.String(255))
        first_name: Mapped[str] = mapped_column(sa.String(255))
        start_date: Mapped[dt.date] = mapped_column(sa.Date)

    with Session(engine) as session:
        for number in (0, 1, 2):
            found = session.get(Employee, number)
            assert found is not None
            found.start_date = dt.date(2018, 8, 6)
        last = session.execute(sa.select(Employee).filter_by(last_name="Fitzgerald")).scalar_one()
        last.start_date = dt.date(2021, 4, 19)
        session.commit()
    yield "schema modified"
    commit(engine, "Tim <tim@example.com>", "Modified schema on branch")

    engine = checkout("main")
    for branch in ("modify_data", "modify_schema"):
        run(engine, f"CALL DOLT_MERGE('{branch}')")
    yield "merged"
