"""What SQL on DoltLite, which is SQLite's, knows besides the tables of a database; see `vocabulary_dolt`."""

from __future__ import annotations

from typing import Final

FUNCTIONS: Final = """
abs(number) acos(number) acosh(number) active_branch() asin(number) asinh(number) atan(number) atan2(y,x)
atanh(number) avg(expression) cast(expression|AS|type) ceil(number) ceiling(number) changes() char(code,…)
coalesce(value,…) concat(text,…) concat_ws(separator,text,…) cos(number) cosh(number) count(*) cume_dist()
current_date current_time current_timestamp date(time,modifier,…) datetime(time,modifier,…) degrees(radians)
dense_rank() dolt_add(table,…) dolt_branch(branch,revision) dolt_checkout(branch) dolt_cherry_pick(revision)
dolt_clean(table,…) dolt_clone(url) dolt_commit(option,…) dolt_config(name,value) dolt_conflicts_resolve(option,table)
dolt_connect_branch(branch) dolt_default_branch() dolt_fetch(remote,branch) dolt_gc() dolt_hashof(revision)
dolt_hashof_catalog() dolt_hashof_db(revision) dolt_hashof_table(table) dolt_merge(revision)
dolt_merge_base(revision,revision) dolt_pull(remote,branch) dolt_push(remote,branch) dolt_rebase(revision)
dolt_remote(action,remote,url) dolt_reset(revision) dolt_revert(revision) dolt_tag(tag,revision)
dolt_verify_constraints(table,…) dolt_version() doltlite_engine() exp(number) first_value(expression) floor(number)
format(format,value,…) glob(pattern,text) group_concat(expression) hex(value) ifnull(value,other)
iif(condition,then,else) instr(text,part) json(text) json_array(value,…) json_array_length(json)
json_extract(json,path) json_group_array(expression) json_group_object(key,value) json_insert(json,path,value)
json_object(key,value,…) json_patch(json,json) json_pretty(json) json_quote(value) json_remove(json,path)
json_replace(json,path,value) json_set(json,path,value) json_type(json) json_valid(text)
julianday(time,modifier,…) lag(expression) last_insert_rowid() last_value(expression) lead(expression) length(text)
like(pattern,text) ln(number) log(number) log10(number) log2(number) lower(text) ltrim(text) max(expression)
min(expression) mod(number,number) nth_value(expression,n) ntile(n) nullif(value,value) octet_length(text)
percent_rank() pi() pow(number,exponent) power(number,exponent) printf(format,value,…) quote(value) radians(degrees)
random() randomblob(length) rank() replace(text,old,new) round(number,digits) row_number() rtrim(text) sign(number)
sin(number) sinh(number) sqlite_version() sqrt(number) strftime(format,time,modifier,…)
string_agg(expression,separator) substr(text,position,length) substring(text,position,length) sum(expression)
tan(number) tanh(number) time(time,modifier,…) timediff(time,time) total(expression) total_changes() trim(text)
trunc(number) typeof(value) unhex(text) unicode(text) unixepoch(time,modifier,…) upper(text) zeroblob(length)
"""

TABLE_FUNCTIONS: Final = """
dolt_diff_stat(revision,revision,table): table_name TEXT, rows_unmodified INTEGER, rows_added INTEGER, rows_deleted INTEGER, rows_modified INTEGER, cells_added INTEGER, cells_deleted INTEGER, cells_modified INTEGER, old_row_count INTEGER, new_row_count INTEGER, old_cell_count INTEGER, new_cell_count INTEGER
dolt_diff_summary(revision,revision,table): from_table_name TEXT, to_table_name TEXT, diff_type TEXT, data_change INTEGER, schema_change INTEGER
dolt_log(revision): commit_hash TEXT, committer TEXT, email TEXT, date TEXT, message TEXT
dolt_patch(revision,revision,table): statement_order INTEGER, from_commit_hash TEXT, to_commit_hash TEXT, table_name TEXT, diff_type TEXT, statement TEXT
dolt_schema_diff(revision,revision,table): from_table_name TEXT, to_table_name TEXT, from_create_statement TEXT, to_create_statement TEXT
dolt_test_run(test,…): test_name TEXT, test_group_name TEXT, query TEXT, status TEXT, message TEXT
json_each(json): key, value, type TEXT, atom, id INTEGER, parent INTEGER, fullkey TEXT, path TEXT
json_tree(json): key, value, type TEXT, atom, id INTEGER, parent INTEGER, fullkey TEXT, path TEXT
pragma_table_info(table): cid INTEGER, name TEXT, type TEXT, notnull INTEGER, dflt_value, pk INTEGER
"""  # noqa: E501 - a table

SYSTEM_TABLES: Final = """
dolt_branches: name TEXT, hash TEXT, latest_committer TEXT, latest_committer_email TEXT, latest_commit_date TEXT, latest_commit_message TEXT, remote TEXT, branch TEXT, dirty INTEGER
dolt_commit_ancestors: commit_hash TEXT, parent_hash TEXT, parent_index INTEGER
dolt_conflicts: table TEXT, num_conflicts INTEGER
dolt_constraint_violations: table TEXT, num_violations INTEGER
dolt_diff: commit_hash TEXT, committer TEXT, email TEXT, date TEXT, message TEXT, data_change INTEGER, schema_change INTEGER, table_name TEXT
dolt_docs: doc_name TEXT, doc_text TEXT
dolt_ignore: pattern TEXT, ignored TINYINT
dolt_log: commit_hash TEXT, committer TEXT, email TEXT, date TEXT, message TEXT
dolt_merge_status: is_merging INTEGER, source TEXT, source_commit TEXT, target TEXT, unmerged_tables TEXT
dolt_remote_branches: name TEXT, hash TEXT, latest_committer TEXT, latest_committer_email TEXT, latest_commit_date TEXT, latest_commit_message TEXT
dolt_remotes: name TEXT, url TEXT, fetch_specs TEXT, params TEXT
dolt_schema_conflicts: table_name TEXT, base_schema TEXT, our_schema TEXT, their_schema TEXT, description TEXT
dolt_schemas: type TEXT, name TEXT, fragment TEXT, extra TEXT, sql_mode TEXT
dolt_status: table_name TEXT, staged INTEGER, status TEXT
dolt_tags: tag_name TEXT, tag_hash TEXT, tagger TEXT, email TEXT, date TEXT, message TEXT
dolt_tests: test_name TEXT, test_group TEXT, test_query TEXT, assertion_type TEXT, assertion_comparator TEXT, assertion_value TEXT
sqlite_schema: type TEXT, name TEXT, tbl_name TEXT, rootpage INTEGER, sql TEXT
"""  # noqa: E501 - a table

OF_TABLES: Final = """
dolt_blame_: *key, commit TEXT, commit_date TEXT, committer TEXT, email TEXT, message TEXT
dolt_constraint_violations_: violation_type TEXT, *, violation_info TEXT
dolt_history_: *, commit_hash TEXT, committer TEXT, commit_date TEXT
dolt_workspace_: id INTEGER, staged INTEGER, diff_type TEXT, *to_, *from_
"""

FUNCTIONS_OF_TABLES: Final = """
dolt_at_(revision): *
dolt_diff_(revision,revision): *to_, to_commit TEXT, to_commit_date TEXT, *from_, from_commit TEXT, from_commit_date TEXT, diff_type TEXT
"""  # noqa: E501 - a table

PROCEDURES: Final = """
dolt_add(table,…) -A .
dolt_branch(branch,revision) -c -d -D -f -m
dolt_checkout(branch) -b --
dolt_cherry_pick(revision) --abort
dolt_clean(table,…)
dolt_commit(option,…) -a -A -am -Am -m --allow-empty --amend --author --date --force --skip-empty
dolt_config(name,value) user.name user.email
dolt_conflicts_resolve(option,table) --ours --theirs
dolt_connect_branch(branch)
dolt_fetch(remote,branch)
dolt_merge(revision) -m --abort --no-commit --no-ff --squash
dolt_pull(remote,branch)
dolt_push(remote,branch) --force
dolt_rebase(revision) -i --abort --continue
dolt_remote(action,remote,url) add remove
dolt_reset(revision) --hard --soft
dolt_revert(revision)
dolt_tag(tag,revision) -d -m
"""
"""Called as functions: ``SELECT dolt_add('-A')``. What stands behind each are its options."""

KEYWORDS: Final = """
ABORT ADD ALL ALTER ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEGIN BETWEEN BY CASCADE CASE CAST CHECK COLLATE COLUMN
COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT_TIMESTAMP DEFAULT DEFERRED DELETE DESC DISTINCT DO DROP ELSE END
ESCAPE EXCEPT EXISTS EXPLAIN FALSE FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP HAVING IF IGNORE
IMMEDIATE IN INDEX INNER INSERT INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT NATURAL NOT NOTHING NOTNULL
NULL NULLS OF OFFSET ON OR ORDER OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RECURSIVE REFERENCES RELEASE
RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET STORED STRICT TABLE TEMPORARY THEN TO
TRANSACTION TRIGGER TRUE UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT
"""

TYPES: Final = "BLOB BOOLEAN DATE DATETIME DECIMAL INTEGER NUMERIC REAL TEXT VARCHAR"

STATEMENTS: Final = """
SELECT INSERT UPDATE DELETE REPLACE WITH CREATE ALTER DROP EXPLAIN PRAGMA BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE
ANALYZE VACUUM VALUES
"""
