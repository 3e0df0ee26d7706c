-- Tables that every trace question needs, made once per scope. Whole traces are sampled in the baseline
-- when there are too many, so call structure stays intact. Hashes replace ids: 8 bytes instead of 32.

CREATE OR REPLACE TABLE raw AS
SELECT hash(trace_id) AS t, hash(trace_id, span_id) AS s,
       CASE WHEN coalesce(parent_span_id, '') = '' OR parent_span_id = span_id THEN NULL
            ELSE hash(trace_id, parent_span_id) END AS p,
       hash(service, operation) AS op, service, lower(coalesce(kind, '')) AS kind, coalesce(peer, '') AS peer,
       start_unix_nano AS start, duration_ns AS dur,
       coalesce(upper(status) LIKE '%ERROR', false) AS err, role, bucket
FROM ({rows}) WHERE duration_ns >= 0 AND trace_id IS NOT NULL AND span_id IS NOT NULL;

CREATE OR REPLACE TABLE operation AS
SELECT DISTINCT hash(service, operation) AS op, service, operation FROM ({rows}) WHERE duration_ns >= 0;

-- Children with their interval clipped into the parent. A synchronous callee that seems to begin before
-- its caller, or to end after a client span, has another clock: it is centred, as network time is
-- assumed to be the same both ways (RFC 5905).
CREATE OR REPLACE TABLE child AS
SELECT c.s, c.p, c.op, c.service, c.dur, c.err, c.role, r.op AS parent_op, r.service AS parent_service,
       CASE WHEN c.dur <= r.dur AND (c.start < r.start OR (r.kind = 'client' AND c.start + c.dur > r.start + r.dur))
            THEN r.start + (r.dur - c.dur) // 2 ELSE greatest(c.start, r.start) END AS a,
       r.start + r.dur AS parent_end
FROM raw c JOIN raw r ON c.p = r.s;

CREATE OR REPLACE TABLE covered AS
SELECT p, sum(greatest(0, b - greatest(a, coalesce(reached, a))))::BIGINT AS ns, count(*)::INTEGER AS children,
       any_value(service) AS callee, any_value(dur) AS callee_dur, bool_or(err) AS child_failed
FROM (SELECT *, least(a + dur, parent_end) AS b,
             max(least(a + dur, parent_end)) OVER (PARTITION BY p ORDER BY a
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
      FROM child)
GROUP BY p;

-- wire: a client span whose only child is in another service; leaf: a client span to something that
-- sends no spans. Their own time is spent between services, not in the caller's code.
CREATE OR REPLACE TABLE span AS
SELECT r.t, r.s, r.p, r.op, r.service, r.start, r.dur, r.err, r.role, r.bucket,
       greatest(0, r.dur - coalesce(k.ns, 0)) AS own,
       coalesce(k.children, 0) AS children,
       r.err AND NOT coalesce(k.child_failed, false) AS origin,
       coalesce(k.children = 1 AND k.callee <> r.service, false) AS wire,
       k.children IS NULL AND r.peer <> '' AND r.kind IN ('client', 'producer') AS leaf,
       CASE WHEN k.children = 1 AND k.callee <> r.service THEN k.callee ELSE r.peer END AS peer,
       CASE WHEN k.children = 1 AND k.callee <> r.service THEN greatest(0, r.dur - k.callee_dur) ELSE r.dur END AS gap
FROM raw r LEFT JOIN covered k ON k.p = r.s;
DROP TABLE raw;
DROP TABLE covered;

CREATE OR REPLACE TABLE trace AS
SELECT t, role, min(bucket) AS bucket,
       coalesce(arg_min(op, start) FILTER (WHERE p IS NULL), arg_min(op, start)) AS entry,
       coalesce(arg_min(dur, start) FILTER (WHERE p IS NULL), arg_min(dur, start)) AS dur,
       coalesce(arg_min(err, start) FILTER (WHERE p IS NULL), arg_min(err, start)) AS err
FROM span GROUP BY t, role;
