"""What SQL on Dolt knows besides the tables of a database: functions, procedures, system tables.

Written down instead of asked for: Dolt has no statement that lists them all. A test asks a server for each of them.
"""

from __future__ import annotations

from typing import Final

FUNCTIONS: Final = """
abs(number) acos(number) active_branch() adddate(date,days) any_value(expression) ascii(text) asin(number)
atan(number) atan2(y,x) avg(expression) bin(number) bin_to_uuid(bytes) bit_and(expression) bit_count(number)
bit_length(text) bit_or(expression) bit_xor(expression) cast(expression|AS|type) ceil(number) ceiling(number)
char(number,…) char_length(text) character_length(text) charset(text) coalesce(value,…) collation(text) concat(text,…)
concat_ws(separator,text,…) connection_id() conv(number,from_base,to_base) convert(expression,type)
convert_tz(time,from_zone,to_zone) cos(number) cot(number) count(*) crc32(text) curdate() current_date()
current_time() current_timestamp() current_user() curtime() database() date(time) date_add(time,INTERVAL|n|unit)
date_format(time,format) date_sub(time,INTERVAL|n|unit) datediff(date,date) day(date) dayname(date) dayofmonth(date)
dayofweek(date) dayofyear(date) degrees(radians) dense_rank() dolt_hashof(revision) dolt_hashof_db(revision)
dolt_hashof_table(table) dolt_merge_base(revision,revision) dolt_storage_format() dolt_version() elt(n,text,…)
exp(number) export_set(bits,on,off) extract(unit|FROM|time) field(text,text,…) find_in_set(text,list)
first_value(expression) floor(number) format(number,digits) found_rows() from_base64(text) from_days(days)
from_unixtime(seconds) get_lock(name,seconds) greatest(value,value,…) group_concat(expression)
has_ancestor(revision,ancestor) hashof(revision) hex(value) hour(time) if(condition,then,else) ifnull(value,other)
inet_aton(text) inet_ntoa(number) inet6_aton(text) inet6_ntoa(bytes) insert(text,position,length,new) instr(text,part)
is_free_lock(name) is_ipv4(text) is_ipv6(text) is_used_lock(name) is_uuid(text) isnull(value) json_array(value,…)
json_array_append(json,path,value) json_array_insert(json,path,value) json_arrayagg(expression)
json_contains(json,part) json_contains_path(json,one_or_all,path) json_depth(json) json_extract(json,path)
json_insert(json,path,value) json_keys(json) json_length(json) json_merge_patch(json,json)
json_merge_preserve(json,json) json_object(key,value,…) json_objectagg(key,value) json_overlaps(json,json)
json_pretty(json) json_quote(text) json_remove(json,path) json_replace(json,path,value)
json_search(json,one_or_all,text) json_set(json,path,value) json_storage_size(json) json_type(json) json_unquote(json)
json_valid(text) json_value(json,path) lag(expression) last_day(date) last_insert_id() last_value(expression)
lcase(text) lead(expression) least(value,value,…) left(text,length) length(text) ln(number) load_file(path)
localtime() localtimestamp() locate(part,text) log(number) log10(number) log2(number) lower(text)
lpad(text,length,fill) ltrim(text) make_set(bits,text,…) max(expression) md5(text) microsecond(time)
mid(text,position,length) min(expression) minute(time) mod(number,number) month(date) monthname(date) now() ntile(n)
nullif(value,value) oct(number) octet_length(text) ord(text) percent_rank() pi() pow(number,exponent)
power(number,exponent) quarter(date) quote(text) radians(degrees) rand() random_bytes(length) rank()
regexp_instr(text,pattern) regexp_like(text,pattern) regexp_replace(text,pattern,new) regexp_substr(text,pattern)
release_all_locks() release_lock(name) repeat(text,n) replace(text,old,new) reverse(text) right(text,length)
round(number,digits) row_count() row_number() rpad(text,length,fill) rtrim(text) schema() second(time) sha1(text)
sha2(text,bits) sign(number) sin(number) sleep(seconds) soundex(text) space(n) sqrt(number) st_area(polygon)
st_asgeojson(geometry) st_astext(geometry) st_aswkb(geometry) st_contains(geometry,geometry)
st_distance(geometry,geometry) st_geomfromgeojson(json) st_geomfromtext(text) st_geomfromwkb(bytes)
st_intersects(geometry,geometry) st_isclosed(line) st_length(line) st_longitude(point)
st_pointfromtext(text) st_srid(geometry) st_within(geometry,geometry) st_x(point) st_y(point) std(expression)
stddev(expression) stddev_pop(expression) stddev_samp(expression) str_to_date(text,format) strcmp(text,text)
subdate(date,days) substr(text,position,length) substring(text,position,length) substring_index(text,separator,n)
sum(expression) sysdate() tan(number) time(time) time_format(time,format) time_to_sec(time) timediff(time,time)
timestamp(time) timestampadd(unit,n,time) timestampdiff(unit,time,time) to_base64(text) to_days(date) trim(text)
truncate(number,digits) ucase(text) unhex(text) unix_timestamp(time) upper(text) user() utc_timestamp() uuid()
uuid_short() uuid_to_bin(text) var_pop(expression) var_samp(expression) variance(expression)
vec_distance(vector,vector) vec_distance_cosine(vector,vector) vec_distance_euclidean(vector,vector) version()
week(date) weekday(date) weekofyear(date) year(date) yearweek(date)
"""

TABLE_FUNCTIONS: Final = """
dolt_branch_status(revision,revision,…): branch text, commits_ahead bigint unsigned, commits_behind bigint unsigned
dolt_diff(revision,revision,table):
dolt_diff_stat(revision,revision,table): table_name text, rows_unmodified bigint, rows_added bigint, rows_deleted bigint, rows_modified bigint, cells_added bigint, cells_deleted bigint, cells_modified bigint, old_row_count bigint, new_row_count bigint, old_cell_count bigint, new_cell_count bigint
dolt_diff_summary(revision,revision,table): from_table_name text, to_table_name text, diff_type text, data_change tinyint(1), schema_change tinyint(1)
dolt_json_diff(json,json): diff_type text, path text, from_value json, to_value json
dolt_log(revision,…): commit_hash text, committer text, email text, date datetime(3), message text, commit_order bigint unsigned, parents text, refs text, signature text, author text, author_email text, author_date datetime(3)
dolt_patch(revision,revision,table): statement_order bigint unsigned, from_commit_hash text, to_commit_hash text, table_name text, diff_type text, statement text
dolt_preview_merge_conflicts(revision,revision,table):
dolt_preview_merge_conflicts_summary(revision,revision): table text, num_data_conflicts bigint unsigned, num_schema_conflicts bigint unsigned
dolt_query_diff(query,query):
dolt_reflog(ref): ref text, ref_timestamp datetime(3), commit_hash text, commit_message text
dolt_schema_diff(revision,revision,table): from_table_name text, to_table_name text, from_create_statement text, to_create_statement text
dolt_test_run(test,…): test_name text, test_group_name text, query text, status text, message text
"""  # noqa: E501 - a table

SYSTEM_TABLES: Final = """
dolt_backups: name text, url text, params json
dolt_branch_control: database varchar(16383), branch varchar(16383), user varchar(16383), host varchar(16383), permissions set('admin','write','merge','read')
dolt_branch_namespace_control: database varchar(16383), branch varchar(16383), user varchar(16383), host varchar(16383)
dolt_branches: name text, hash text, latest_committer text, latest_committer_email text, latest_commit_date datetime(3), latest_commit_message text, remote text, branch text, dirty tinyint(1), latest_author text, latest_author_email text, latest_author_date datetime(3)
dolt_column_diff: commit_hash text, table_name text, column_name text, committer text, email text, date datetime, message text, diff_type text, author text, author_email text, author_date datetime
dolt_commit_ancestors: commit_hash text, parent_hash text, parent_index int
dolt_commits: commit_hash text, committer text, email text, date datetime(3), message text, author text, author_email text, author_date datetime(3)
dolt_conflicts: table text, num_conflicts bigint unsigned
dolt_constraint_violations: table text, num_violations bigint unsigned
dolt_diff: commit_hash text, table_name text, committer text, email text, date datetime(6), message text, data_change tinyint(1), schema_change tinyint(1), author text, author_email text, author_date datetime(6)
dolt_docs: doc_name varchar(1023), doc_text longtext
dolt_help: name tinytext, type enum('system_table','procedure','function','variable'), synopsis longtext, short_description longtext, long_description longtext, arguments json
dolt_ignore: pattern text, ignored tinyint(1)
dolt_log: commit_hash text, committer text, email text, date datetime(3), message text, commit_order bigint unsigned, parents text, refs text, signature text, author text, author_email text, author_date datetime(3)
dolt_merge_status: is_merging tinyint(1), source text, source_commit text, target text, unmerged_tables text
dolt_nonlocal_tables: table_name varchar(65535), target_ref varchar(65535), ref_table varchar(65535), options varchar(65535)
dolt_procedures: name varchar(1023), create_stmt varchar(8191), created_at datetime(6), modified_at datetime(6), sql_mode varchar(1023)
dolt_query_catalog: id longtext, display_order int, name text, query text, description text
dolt_remote_branches: name text, hash text, latest_committer text, latest_committer_email text, latest_commit_date datetime(3), latest_commit_message text, latest_author text, latest_author_email text, latest_author_date datetime(3)
dolt_remotes: name text, url text, fetch_specs json, params json
dolt_schema_conflicts: table_name text, base_schema text, our_schema text, their_schema text, description text
dolt_schemas: type varchar(64), name varchar(64), fragment longtext, extra json, sql_mode varchar(256)
dolt_stashes: name text, stash_id text, branch text, hash text, commit_message text
dolt_statistics: database_name text, table_name text, index_name text, row_count bigint, distinct_count bigint, null_count bigint, columns text, types text, upper_bound text, upper_bound_cnt bigint, created_at datetime, mcv1 text, mcv2 text, mcv3 text, mcv4 text, mcv_counts text
dolt_status: table_name text, staged tinyint(1), status text
dolt_status_ignored: table_name text, staged tinyint(1), status text, ignored tinyint(1)
dolt_tags: tag_name text, tag_hash text, tagger text, email text, date datetime(3), message text
dolt_tests: test_name text, test_group text, test_query text, assertion_type text, assertion_comparator text, assertion_value text
"""  # noqa: E501 - a table

OF_TABLES: Final = """
dolt_blame_: *key, commit varchar(1023), commit_date datetime(6), committer text, email text, message text
dolt_commit_diff_: *to_, to_commit varchar(1023), to_commit_date datetime(6), *from_, from_commit varchar(1023), from_commit_date datetime(6), diff_type varchar(1023)
dolt_conflicts_: from_root_ish varchar(1023), *base_, *our_, our_diff_type varchar(1023), *their_, their_diff_type varchar(1023), dolt_conflict_id varchar(1023)
dolt_constraint_violations_: from_root_ish varchar(1023), violation_type enum('foreign key','unique index','check constraint','not null'), *, violation_info json
dolt_diff_: *to_, to_commit varchar(1023), to_commit_date datetime(6), *from_, from_commit varchar(1023), from_commit_date datetime(6), diff_type varchar(1023)
dolt_history_: *, commit_hash char(32), committer varchar(1024), commit_date datetime(3)
dolt_workspace_: id bigint unsigned, staged tinyint(1), diff_type varchar(1023), *to_, *from_
"""  # noqa: E501 - a table

PROCEDURES: Final = """
dolt_add(table,…) -A -f .
dolt_backup(action,name,url) add remove restore sync sync-url
dolt_branch(branch,revision) -c -d -D -f -m -r
dolt_checkout(branch,table,…) -b -B -f --track --
dolt_cherry_pick(revision) --abort --allow-empty --continue
dolt_clean(table,…) --dry-run -x
dolt_clone(url,name) --branch --depth --remote --single-branch --user
dolt_commit(option,…) -a -A -am -Am -f -m -S --allow-empty --amend --author --date --skip-empty
dolt_commit_hash_out(@variable,option,…) -a -A -am -Am -f -m --allow-empty --amend --author --date --skip-empty
dolt_conflicts_resolve(option,table,…) --ours --theirs .
dolt_count_commits(option,revision,…) --from --to
dolt_fetch(remote,branch) --prune --user
dolt_gc(option) --full --shallow
dolt_merge(revision) -m --abort --author --commit --ff-only --no-commit --no-ff --squash
dolt_pull(remote,branch) -f --ff-only --no-commit --no-ff --prune --rebase --squash --user
dolt_purge_dropped_databases()
dolt_push(remote,branch) -f -u --all --force --set-upstream --user
dolt_rebase(revision) -i --abort --continue --empty
dolt_remote(action,remote,url) add remove
dolt_reset(revision) --hard --soft .
dolt_revert(revision,…) --abort --author --continue
dolt_rm(table,…) --cached
dolt_stash(action,name) push pop apply drop clear -a -u
dolt_stats_flush()
dolt_stats_gc()
dolt_stats_info()
dolt_stats_once()
dolt_stats_purge()
dolt_stats_restart()
dolt_stats_stop()
dolt_stats_wait()
dolt_tag(tag,revision) -d -m --author
dolt_undrop(database)
dolt_verify_constraints(table,…) --all --output-only
"""

KEYWORDS: Final = """
ADD AFTER ALL ALTER ANALYZE AND AS ASC AUTO_INCREMENT BEGIN BETWEEN BY CALL CASCADE CASE CAST CHANGE CHARACTER CHECK
COLLATE COLUMN COLUMNS COMMENT COMMIT CONSTRAINT CREATE CROSS CURRENT_TIMESTAMP DATABASE DATABASES DECLARE DEFAULT
DELETE DESC DESCRIBE DISTINCT DIV DROP DUPLICATE ELSE END ENGINE ESCAPE EXCEPT EXISTS EXPLAIN FALSE FIELDS FIRST
FOLLOWING FOR FOREIGN FROM FULL FUNCTION GENERATED GRANT GROUP HAVING IF IGNORE IN INDEX INDEXES INNER INSERT
INTERSECT INTERVAL INTO INVISIBLE IS JOIN JSON_TABLE KEY KEYS LATERAL LEFT LIKE LIMIT LOAD LOCK MODIFY NATURAL NOT
NULL OF OFFSET ON OR ORDER OUTER OVER PARTITION PRECEDING PRIMARY PROCEDURE RECURSIVE REFERENCES REGEXP RENAME REPLACE
RESTRICT REVOKE RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET SHOW START STORED STRAIGHT_JOIN TABLE TABLES TEMPORARY
THEN TO TRANSACTION TRIGGER TRUE TRUNCATE UNBOUNDED UNION UNIQUE UNLOCK UPDATE USE USING VALUES VARIABLES VIEW VIRTUAL
WARNINGS WHEN WHERE WINDOW WITH XOR
"""

TYPES: Final = """
BIGINT BINARY BIT BLOB BOOLEAN CHAR DATE DATETIME DECIMAL DOUBLE ENUM FLOAT GEOMETRY INT JSON LONGBLOB LONGTEXT
MEDIUMBLOB MEDIUMINT MEDIUMTEXT POINT SET SMALLINT TEXT TIME TIMESTAMP TINYBLOB TINYINT TINYTEXT UNSIGNED VARBINARY
VARCHAR YEAR
"""

STATEMENTS: Final = """
SELECT INSERT UPDATE DELETE REPLACE WITH CALL CREATE ALTER DROP TRUNCATE SHOW DESCRIBE EXPLAIN USE SET BEGIN START
COMMIT ROLLBACK SAVEPOINT GRANT REVOKE RENAME ANALYZE LOAD VALUES TABLE
"""
