-- What requests of each entry operation did, as facts with a tag, counted per window of the request and
-- bucket of the span: own (time in code), edge (time between services), ran (a span of an operation),
-- call (spans that make a call at least once), link (calls from one service to another); copy (spans sent
-- more than once) and skew (calls with another clock). The ns of ran are spans whose parent is missing.
SELECT tag, entry, x, y, z, groupArray((role, bucket, n)) AS parts, sumIf(ns, role = 0), sumIf(ns, role = 1)
FROM (
  SELECT entry, role, f.1 AS tag, f.2 AS x, f.3 AS y, f.4 AS z, b AS bucket, count() AS n, sum(f.5) AS ns
  FROM (
    SELECT root.1 AS entry, root.2 AS role, s.1 AS facts, s.2 AS b
    FROM (
      SELECT t, argMin((op, role), (if(p = 0, start - 4611686018427387904, start), -dur)) AS root,
             groupArray((arrayConcat(
               [('ran', op, toUInt64(0), 0, toInt64(p <> 0) - toInt64(children))],
               if(copies > 1, [('copy', toUInt64(0), toUInt64(0), 0, toInt64(copies - 1))], []),
               if(skewed > 0, [('skew', toUInt64(0), toUInt64(0), 0, toInt64(skewed))], []),
               if(wire OR leaf, [('edge', op, callee, toInt32(leaf), gap)], [('own', op, toUInt64(0), 0, own)]),
               if(leaf, [('link', svc, callee, 0, toInt64(0))], []),
               arrayMap(k -> ('link', svc, k.3, 0, toInt64(0)), arrayFilter(k -> k.3 <> svc, kids)),
               arrayMap(o -> ('call', op, o, 0, toInt64(0)), arrayDistinct(kids.2))), bucket)) AS spans
      FROM span GROUP BY t)
    ARRAY JOIN spans AS s)
  ARRAY JOIN facts AS f
  GROUP BY ALL)
GROUP BY tag, entry, x, y, z ORDER BY tag, entry, x, y, z
