"""The getting-started tutorial as data: three tables, two branches, and their merge, step by step.

A step says what it is about and what is done; `dolt_tui.demo.build` does it, for a whole database at once or, in a
guided tour, one step after the other. The statements are portable: a ``?`` stands for each value, and both engines
run the same text.
"""

from __future__ import annotations

from enum import StrEnum

from dolt_tui.frozen import Frozen

MAIN = "main"
"""In the story, the name of the default branch, whatever that is called in the database."""
MODIFY_DATA = "modify_data"
MODIFY_SCHEMA = "modify_schema"

TIM = "Tim <tim@example.com>"
AARON = "Aaron <aaron@example.com>"
BRIAN = "Brian <brian@example.com>"

FIRST_MESSAGE = "Initialize data repository"
"""Of the commit with which both engines begin a new database (`dolt init --fun` writes it in look-alike letters)."""


class At(StrEnum):
    """How far the story has gone."""

    START = "start"
    CREATED = "created"
    INSERTED = "inserted"
    BRANCHES = "branches"
    MERGED = "merged"


class Sql(Frozen):
    """Run a statement that changes rows or a schema."""

    statement: str
    values: tuple[object, ...] = ()


class CommitAll(Frozen):
    """Stage every table and commit."""

    author: str
    """``Name <e-mail>``; Dolt refuses an empty e-mail address."""
    message: str


class ResetHard(Frozen):
    """Set the branch's tables back to its last commit."""


class CreateBranch(Frozen):
    """Create a branch that begins where ``start`` stands."""

    name: str
    start: str = MAIN


class Merge(Frozen):
    """Merge a branch into the step's branch."""

    source: str
    fast_forward: bool


Action = Sql | CommitAll | ResetHard | CreateBranch | Merge


class Step(Frozen):
    """One step of the story."""

    name: str
    title: str
    explanation: str
    branch: str
    """Where it happens."""
    actions: tuple[Action, ...]
    leaves_nothing: bool = False
    """Whether the database is the same afterwards: such a step is for showing only."""


STEPS: tuple[Step, ...] = (
    Step(
        "create-tables",
        "Create the tables",
        "Employees, teams, and who belongs to which team: the third table links the first two by foreign keys. "
        "The keys are given by us and not counted up, as counters are not shared between clones.",
        MAIN,
        (
            Sql(
                "CREATE TABLE employees (id INTEGER NOT NULL, last_name VARCHAR(255), first_name VARCHAR(255),"
                " PRIMARY KEY (id))"
            ),
            Sql("CREATE TABLE teams (id INTEGER NOT NULL, name VARCHAR(255), PRIMARY KEY (id))"),
            Sql(
                "CREATE TABLE employees_teams (employee_id INTEGER NOT NULL, team_id INTEGER NOT NULL,"
                " PRIMARY KEY (employee_id, team_id),"
                " FOREIGN KEY (employee_id) REFERENCES employees (id),"
                " FOREIGN KEY (team_id) REFERENCES teams (id))"
            ),
        ),
    ),
    Step(
        "commit-tables",
        "Commit the tables",
        "An SQL commit makes changes durable; a Dolt commit also makes them a point of the history, "
        "with an author and a message. The new tables are staged first, as files are in git.",
        MAIN,
        (CommitAll(TIM, "Created tables"),),
    ),
    Step(
        "insert-data",
        "Insert the data",
        "Four employees, two teams, and one of the employees in both of them. The Team Summary joins the three "
        "tables; the changes show every row as added.",
        MAIN,
        (
            Sql(
                "INSERT INTO employees (id, last_name, first_name) VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)",
                (0, "Sehn", "Tim", 1, "Hendriks", "Brian", 2, "Son", "Aaron", 3, "Fitzgerald", "Brian"),
            ),
            Sql("INSERT INTO teams (id, name) VALUES (?, ?), (?, ?)", (0, "Engineering", 1, "Sales")),
            Sql(
                "INSERT INTO employees_teams (employee_id, team_id) VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)",
                (0, 0, 1, 0, 2, 0, 0, 1, 3, 1),
            ),
        ),
    ),
    Step(
        "commit-data",
        "Commit the data",
        "The second commit. From here on the two branches will begin.",
        MAIN,
        (CommitAll(AARON, "Inserted data into tables"),),
    ),
    Step(
        "mistake",
        "Drop a table, and get it back",
        "Foreign keys keep employees and teams from being dropped, but not employees_teams. It shows as deleted, "
        "and a hard reset to the last commit brings it back with all its rows.",
        MAIN,
        (Sql("DROP TABLE employees_teams"), ResetHard()),
        leaves_nothing=True,
    ),
    Step(
        "branch-data",
        "Make a branch for data",
        "A branch is like a very long transaction: what is done there is not seen on main.",
        MAIN,
        (CreateBranch(MODIFY_DATA),),
    ),
    Step(
        "modify-data",
        "Change data on the branch",
        "One employee gets his full name and leaves the second team, and somebody new joins the first. "
        "The changes show a row modified, two added and one removed.",
        MODIFY_DATA,
        (
            Sql("UPDATE employees SET first_name = ? WHERE first_name = ?", ("Timothy", "Tim")),
            Sql("INSERT INTO employees (id, last_name, first_name) VALUES (?, ?, ?)", (4, "Wilkins", "Daylon")),
            Sql("INSERT INTO employees_teams (employee_id, team_id) VALUES (?, ?)", (4, 0)),
            Sql("DELETE FROM employees_teams WHERE employee_id = ? AND team_id = ?", (0, 1)),
        ),
    ),
    Step(
        "commit-modified-data",
        "Commit the changed data",
        "The branch is now one commit ahead of main.",
        MODIFY_DATA,
        (CommitAll(BRIAN, "Modified data on branch"),),
    ),
    Step(
        "branch-schema",
        "Make a branch for the schema",
        "A second branch that begins at main as well, so it knows nothing of the first one.",
        MAIN,
        (CreateBranch(MODIFY_SCHEMA),),
    ),
    Step(
        "modify-schema",
        "Change the schema on the branch",
        "A new column says when each employee started. Schemas are versioned like rows: only this branch has the "
        "column, and only here the Team Summary shows it.",
        MODIFY_SCHEMA,
        (
            Sql("ALTER TABLE employees ADD COLUMN start_date DATE"),
            Sql("UPDATE employees SET start_date = ? WHERE id IN (?, ?, ?)", ("2018-08-06", 0, 1, 2)),
            Sql("UPDATE employees SET start_date = ? WHERE last_name = ?", ("2021-04-19", "Fitzgerald")),
        ),
    ),
    Step(
        "commit-modified-schema",
        "Commit the changed schema",
        "Main and both branches now differ from each other.",
        MODIFY_SCHEMA,
        (CommitAll(TIM, "Modified schema on branch"),),
    ),
    Step(
        "merge-data",
        "Merge the changed data",
        "Main has no commit that modify_data lacks, so it just moves forward to it: a fast-forward merge.",
        MAIN,
        (Merge(MODIFY_DATA, fast_forward=True),),
    ),
    Step(
        "merge-schema",
        "Merge the changed schema",
        "Both sides have changed the table employees since they diverged, one its rows and the other its columns. "
        "Dolt merges them cell by cell: the new name and the dates stand together.",
        MAIN,
        (Merge(MODIFY_SCHEMA, fast_forward=False),),
    ),
)

LOCAL_CHANGE = Step(
    "local-change",
    "Begin something new",
    "Two teams that nobody has committed yet. Neither branch touches the table teams, so both can be merged meanwhile.",
    MAIN,
    (Sql("INSERT INTO teams (id, name) VALUES (?, ?), (?, ?)", (2, "Support", 3, "Marketing")),),
)
"""What a database that stands at `At.BRANCHES` has besides: something uncommitted to look at."""

_LAST: dict[At, str | None] = {
    At.START: None,
    At.CREATED: "commit-tables",
    At.INSERTED: "commit-data",
    At.BRANCHES: "commit-modified-schema",
    At.MERGED: "merge-schema",
}


def steps_to(at: At) -> tuple[Step, ...]:
    """The steps that lead from a new database to ``at``, without those that leave nothing."""
    last = _LAST[at]
    if last is None:
        return ()
    end = [step.name for step in STEPS].index(last) + 1
    steps = tuple(step for step in STEPS[:end] if not step.leaves_nothing)
    return (*steps, LOCAL_CHANGE) if at is At.BRANCHES else steps
