-- A trace is a request of its root span, or of its earliest one where the root is missing; it belongs to
-- the window in which that span begins.
trace AS (
  SELECT t, root.1 AS op, root.2 AS role, root.3 AS bucket, root.4 AS dur, root.5 AS err
  FROM (SELECT t, argMin((op, role, bucket, dur, err), (if(p = 0, start - 4611686018427387904, start), -dur)) AS root
        FROM raw GROUP BY t))
