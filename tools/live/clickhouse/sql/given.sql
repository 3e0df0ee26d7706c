-- Calls per kind of request: of caller spans that make several calls, those whose rarest call is a given one.
-- How rare a call is comes from the counts of flows.sql. A callee of 0 counts the caller spans themselves.
SELECT entry, caller, given, callee, groupArray((role, bucket, n))
FROM (
  SELECT root.1 AS entry, root.2 AS role, s.1 AS caller, s.2 AS bucket, s.3[1] AS given,
         arrayJoin(arrayPushFront(arrayPopFront(s.3), toUInt64(0))) AS callee, count() AS n
  FROM (
    SELECT t, argMin((op, role), (if(p = 0, start - 4611686018427387904, start), -dur)) AS root,
           groupArrayIf((op, bucket, arraySort(o -> transform(op + 3 * o, {pairs}, {ranks}, toUInt64(0)), ops)),
                        length(ops) > 1) AS spans
    FROM (SELECT *, arrayDistinct(kids.2) AS ops FROM span) GROUP BY t)
  ARRAY JOIN spans AS s
  GROUP BY ALL)
GROUP BY entry, caller, given, callee ORDER BY entry, caller, given, callee
