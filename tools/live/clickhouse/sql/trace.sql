-- A trace is a request of its root span, or of its earliest one where the root is missing; it belongs to
-- the window in which that span begins.
trace AS (
  SELECT t, argMin((op, role, bucket, dur, err), (if(p = 0, start - 4611686018427387904, start), -dur)) AS top,
         top.1 AS op, top.2 AS role, top.3 AS bucket, top.4 AS dur, top.5 AS err
  FROM raw GROUP BY t)
