-- Without spans that have no id or no valid duration. Of copies the longest counts: a span that is sent
-- again was not finished before.
DELETE FROM raw WHERE NOT usable
OR rowid NOT IN (SELECT arg_max(rowid, {'dur': dur, 'start': start}) FROM raw WHERE usable GROUP BY s);
