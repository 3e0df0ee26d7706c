CREATE OR REPLACE TABLE operation AS SELECT DISTINCT op, svc, service, operation FROM raw;

-- Whoever can be at the end of a call: a service, or a peer that sends no spans.
CREATE OR REPLACE TABLE party AS
SELECT DISTINCT svc AS id, service AS name FROM raw UNION SELECT DISTINCT hash(peer), peer FROM raw WHERE peer <> '';

-- Children with their interval clipped into the parent. A synchronous callee that seems to begin before
-- its caller, or to end after a client span, has another clock: it is centred, as network time is
-- assumed to be the same both ways (RFC 5905).
CREATE OR REPLACE TABLE child AS
SELECT t, s, p, op, svc, start, dur, err, parent_op, parent_svc, parent_end,
       CASE WHEN before_ns > 0 THEN parent_start + (parent_dur - dur) // 2
            ELSE greatest(start, parent_start) END AS a,
       before_ns > 1000000 AND svc <> parent_svc AS skewed
FROM (SELECT c.t, c.s, c.p, c.op, c.svc, c.start, c.dur, c.err, r.op AS parent_op, r.svc AS parent_svc,
             r.start AS parent_start, r.dur AS parent_dur, r.start + r.dur AS parent_end,
             CASE WHEN c.dur > r.dur THEN 0
                  WHEN r.kind = 'client' THEN greatest(r.start - c.start, c.start + c.dur - r.start - r.dur)
                  ELSE r.start - c.start END AS before_ns
      FROM raw c JOIN raw r ON c.p = r.s);

-- The part of each parent that its children cover, counted once where they overlap.
CREATE OR REPLACE TABLE covered AS
SELECT p, sum(greatest(0, b - greatest(a, coalesce(reached, a))))::BIGINT AS ns, count(*)::INTEGER AS children,
       max(svc) FILTER (WHERE svc <> parent_svc) AS callee, any_value(dur) AS callee_dur,
       any_value(start) AS callee_start, bool_or(err) AS child_failed
FROM (SELECT *, least(a + dur, parent_end) AS b,
             max(least(a + dur, parent_end)) OVER (PARTITION BY p ORDER BY a, s
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
      FROM child)
GROUP BY p;

-- wire: a client span above a span of another service; leaf: a client span to something that sends no
-- spans. Their own time is spent between services, not in the caller's code. Where spans have no kind, a
-- span whose only child is in another service is taken for a client span. stray: by how much a
-- callee's span begins before the call (negative) or ends after it, although it takes no longer than that.
CREATE OR REPLACE TABLE span AS
SELECT r.t, r.s, r.p, r.op, r.start, r.dur, r.err, r.role, r.bucket,
       greatest(0, r.dur - coalesce(k.ns, 0)) AS own,
       r.err AND NOT coalesce(k.child_failed, false) AS origin,
       k.callee IS NOT NULL AND (r.kind IN ('client', 'producer') OR (r.kind = '' AND k.children = 1)) AS wire,
       k.children IS NULL AND r.peer <> '' AND r.kind IN ('client', 'producer') AS leaf,
       coalesce(k.callee, hash(r.peer)) AS peer,
       CASE WHEN k.children = 1 AND r.kind <> 'producer' THEN greatest(0, r.dur - k.callee_dur)
            ELSE greatest(0, r.dur - coalesce(k.ns, 0)) END AS gap,
       CASE WHEN k.children = 1 AND k.callee IS NOT NULL AND r.kind = 'client' AND k.callee_dur <= r.dur
            THEN k.callee_start - r.start - least(greatest(k.callee_start - r.start, 0), r.dur - k.callee_dur)
            END AS stray
FROM raw r LEFT JOIN covered k ON k.p = r.s;

-- A trace is a request of its root span, or of its earliest one where the root is missing; it belongs to
-- the window in which that span begins.
CREATE OR REPLACE TABLE trace AS
SELECT t, top.role AS role, top.bucket AS bucket, top.op AS entry, top.dur AS dur, top.err AS err
FROM (SELECT t, arg_min({'op': op, 'role': role, 'bucket': bucket, 'dur': dur, 'err': err},
                        CASE WHEN p IS NULL THEN start - 9223372036854775807 ELSE start END) AS top
      FROM span GROUP BY t);
