"""The SQLAlchemy dialect over the driver."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import (
    URL,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    event,
    exc,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import NullPool, SingletonThreadPool

from dolt_tui.engine.backends.embedded import driver, sqlalchemy_dialect


def engine_for(path: object, **options: str) -> Engine:
    return create_engine(URL.create("sqlite+doltlite", database=str(path), query=options))


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = engine_for(path)
    yield engine
    engine.dispose()


def statements_of(engine: Engine) -> list[str]:
    """The list that will hold what SQLAlchemy runs."""
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *rest: seen.append(statement))
    return seen


def test_the_url_names_the_driver_and_the_reference(path: Path, engine: Engine) -> None:
    assert isinstance(engine.dialect, sqlalchemy_dialect.DoltLiteDialect)
    assert engine.dialect.driver == "doltlite"
    assert isinstance(engine.pool, NullPool)
    assert isinstance(create_engine("sqlite+doltlite://").pool, SingletonThreadPool)
    with engine.connect() as connection:
        connection.execute(text("select dolt_branch('feature/x')"))
        assert connection.scalar(text("select doltlite_engine()")) == "prolly"
    with create_engine(f"sqlite+doltlite:///{path}@feature/x", poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("select active_branch()")) == "feature/x"


def test_options_come_with_the_url_or_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with pytest.raises(exc.OperationalError, match="unable to open"):
        engine_for(path).connect()
    with pytest.raises(exc.OperationalError, match="unable to open"):
        engine_for(f"{path}@main", create="true").connect()
    assert list(tmp_path.iterdir()) == []
    with engine_for(path, create="true", timeout="0.5").connect() as connection:
        assert connection.scalar(text("pragma busy_timeout")) == 500
    with create_engine(f"sqlite+doltlite:///{path}", connect_args={"read_only": True}).connect() as connection:
        with pytest.raises(exc.OperationalError, match="readonly"):
            connection.execute(text("create table t(a)"))
    with engine_for(f"file:{path}", uri="true").connect() as connection:
        assert connection.scalar(text("select active_branch()")) == "main"


@pytest.mark.parametrize("url", ["sqlite+doltlite:///x.db?nosuch=1", "sqlite+doltlite://host/x.db"])
def test_wrong_urls_are_refused(url: str) -> None:
    with pytest.raises(exc.ArgumentError):
        create_engine(url).connect()


def test_a_relative_path_is_taken_from_here(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with create_engine("sqlite+doltlite:///x.db@main").connect() as connection:
        assert connection.scalar(text("select count(*) from t")) == 2


def test_a_transaction_begins_for_real_and_rolls_back(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.get_isolation_level() == connection.default_isolation_level == "SERIALIZABLE"
        connection.execute(text("select 1"))
        assert driver_connection(connection.connection.driver_connection).in_transaction
        connection.execute(text("delete from t"))
        connection.rollback()
        assert connection.scalar(text("select count(*) from t")) == 2


def test_autocommit_never_begins(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.get_isolation_level() == "AUTOCOMMIT"
        connection.execute(text("delete from t where id = 1"))
        assert not driver_connection(connection.connection.driver_connection).in_transaction
        connection.rollback()
        assert connection.scalar(text("select count(*) from t")) == 1
    whole = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with whole.connect() as connection:
        connection.execute(text("delete from t"))
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from t")) == 0


def test_the_level_goes_back_with_a_pooled_connection(path: Path) -> None:
    engine = create_engine(f"sqlite+doltlite:///{path}", poolclass=SingletonThreadPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("select 1"))
    with engine.connect() as connection:
        connection.execute(text("delete from t"))
        assert driver_connection(connection.connection.driver_connection).in_transaction
    with pytest.raises(exc.ArgumentError, match="READ UNCOMMITTED"):
        engine.connect().execution_options(isolation_level="READ UNCOMMITTED")
    engine.dispose()


def driver_connection(connection: object) -> driver.Connection:
    assert isinstance(connection, driver.Connection)
    return connection


def test_a_conflict_keeps_the_transaction_open_until_resolved(conflicting: Path) -> None:
    engine = engine_for(conflicting)
    with engine.begin() as connection:
        with pytest.raises(exc.OperationalError, match="1 conflict") as raised:
            connection.execute(select(func.dolt_merge("other")))
        assert not raised.value.connection_invalidated
        conflicts = Table("dolt_conflicts_t", MetaData(), autoload_with=connection)
        assert connection.execute(select(conflicts.c.our_name, conflicts.c.their_name)).all() == [("ours", "theirs")]
        connection.execute(select(func.dolt_conflicts_resolve("--theirs", "t")))
        connection.execute(select(func.dolt_commit("-Am", "merged")))
    with engine.connect() as connection:
        assert connection.scalar(text("select name from t where id = 1")) == "theirs"
        assert connection.scalar(text("select message from dolt_log limit 1")) == "merged"


def test_committing_conflicts_is_refused_and_rollback_recovers(conflicting: Path) -> None:
    with engine_for(conflicting).connect() as connection:
        with pytest.raises(exc.OperationalError, match="1 conflict"):
            connection.execute(select(func.dolt_merge("other")))
        with pytest.raises(exc.IntegrityError, match="unresolved conflicts cannot be committed"):
            connection.commit()
        connection.rollback()
        assert connection.scalar(text("select name from t where id = 1")) == "ours"


def test_errors_are_wrapped_with_their_code(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(exc.IntegrityError) as raised:
            connection.execute(text("insert into t values (1, '')"))
        assert isinstance(raised.value.orig, driver.IntegrityError)
        assert raised.value.orig.sqlite_errorcode == 1555  # SQLITE_CONSTRAINT_PRIMARYKEY
        driver_connection(connection.connection.driver_connection).close()
        with pytest.raises(exc.ProgrammingError) as closed:
            connection.execute(text("select 1"))
        assert closed.value.connection_invalidated


def test_values_of_every_type_come_back(tmp_path: Path) -> None:
    metadata = MetaData()
    table = Table(
        "v",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("day", Date),
        Column("moment", DateTime),
        Column("data", LargeBinary),
        Column("price", Numeric(10, 2)),
        Column("yes", Boolean),
        Column("name", String(50)),
    )
    engine = engine_for(tmp_path / "x.db", create="1")
    metadata.create_all(engine)
    rows = [
        (
            1,
            datetime.date(2024, 2, 29),
            datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
            b"\0\xff",
            Decimal("1.10"),
            True,
            "a\0b",
        ),
        (2, None, None, b"", Decimal("-3.00"), False, "\ud800"),
        (3, None, None, None, None, None, None),
    ]
    with engine.begin() as connection:
        connection.execute(insert(table), [dict(zip(table.c.keys(), row, strict=True)) for row in rows])
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))] == rows
        assert connection.execute(select(table).where(table.c.day == rows[0][1])).one().id == 1
        assert connection.execute(select(table.c.id).where(func.floor(table.c.price) == 1)).all() == [(1,)]
        reflected = Table("v", MetaData(), autoload_with=connection)
        assert [tuple(row) for row in connection.execute(select(reflected).order_by(reflected.c.id))] == rows
        connection.execute(select(func.dolt_commit("-Am", "values")))
        connection.execute(update(table).values(day=datetime.date(2025, 1, 1), yes=False))
        for name in ("dolt_workspace_v", "dolt_history_v"):
            own = Table(name, MetaData(), autoload_with=connection)
            assert connection.execute(select(own)).all()
        history = Table("dolt_history_v", MetaData(), autoload_with=connection)
        days = select(history.c.day, history.c.data).where(history.c.id == 1)
        assert connection.execute(days).all() == [("2024-02-29", b"\0\xff")]
        assert isinstance(reflected.c.price.type, Numeric)


def test_reflection_of_the_log_and_of_user_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        log = Table("dolt_log", MetaData(), autoload_with=connection)
        messages = connection.execute(select(log.c.message, log.c.committer)).all()
        assert [message for message, _ in messages] == ["two rows", "Initialize data repository"]
        assert inspect(connection).get_table_names() == ["t"]
        assert [column["name"] for column in inspect(connection).get_columns("t")] == ["id", "name"]
        with pytest.raises(exc.NoSuchTableError):
            Table("nosuch", MetaData(), autoload_with=connection)


class Base(DeclarativeBase):
    """The mapped classes of this module."""


class Person(Base):
    """A row with a key of its own."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def test_the_orm_inserts_updates_and_deletes(tmp_path: Path) -> None:
    engine = engine_for(tmp_path / "x.db", create="1")
    seen = statements_of(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Person(name=name) for name in "abc"])
        session.commit()
        first = session.scalars(select(Person).order_by(Person.id)).first()
        assert first is not None
        assert first.name == "a"
        first.name = "z"
        session.flush()
        session.delete(first)
        session.commit()
        assert session.scalars(select(Person.name).order_by(Person.id)).all() == ["b", "c"]
    assert any("RETURNING" in statement for statement in seen)


def test_a_connection_that_was_taken_out_of_its_pool_is_closed_in_order(path: Path) -> None:
    engine = create_engine(f"sqlite+doltlite:///{path}", skip_autocommit_rollback=True)
    for level in ("AUTOCOMMIT", "SERIALIZABLE"):
        with engine.connect().execution_options(isolation_level=level) as connection:
            assert connection.scalar(text("select 1")) == 1
            connection.detach()
    engine.dispose()
