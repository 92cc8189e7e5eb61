-- sql_alchemy_big_demo.db, by dolt-tui
PRAGMA foreign_keys = OFF;
BEGIN;

CREATE TABLE employees(id INTEGER NOT NULL, last_name VARCHAR(255), first_name VARCHAR(255), PRIMARY KEY(id));
INSERT INTO "employees" ("id", "last_name", "first_name") VALUES
  (0, 'Sehn', 'Tim'),
  (1, 'Hendriks', 'Brian'),
  (2, 'Son', 'Aaron'),
  (3, 'Fitzgerald', 'Brian');

CREATE TABLE teams(id INTEGER NOT NULL, name VARCHAR(255), PRIMARY KEY(id));
INSERT INTO "teams" ("id", "name") VALUES
  (0, 'Engineering'),
  (1, 'Sales'),
  (2, 'Support'),
  (3, 'Marketing');

CREATE TABLE employees_teams(employee_id INTEGER NOT NULL, team_id INTEGER NOT NULL, PRIMARY KEY(employee_id, team_id), FOREIGN KEY(employee_id) REFERENCES employees(id), FOREIGN KEY(team_id) REFERENCES teams(id));
INSERT INTO "employees_teams" ("employee_id", "team_id") VALUES
  (0, 0),
  (0, 1),
  (1, 0),
  (2, 0),
  (3, 1);


COMMIT;
PRAGMA foreign_keys = ON;
