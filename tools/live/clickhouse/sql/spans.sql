-- One row a span with its own time, without a join: every span goes to its own key and to its parent's.
-- Of copies the longest counts: a span that is sent again was not finished before.
met AS (
  SELECT argMaxIf((t, op, svc, start, dur, err, role, bucket, kind, peer, p, peer_name <> ''), dur, k.2 = 1) AS me,
         countIf(k.2 = 1) AS copies, groupArrayIf((s, op, svc, start, dur, err), k.2 = 0) AS kids
  FROM raw ARRAY JOIN [(s, 1), (p, 0)] AS k WHERE k.1 <> 0 GROUP BY k.1 HAVING copies > 0),
-- Children with their interval clipped into the parent. A synchronous callee that seems to begin before
-- its caller, or to end after a client span, has another clock: it is centred, as network time is
-- assumed to be the same both ways (RFC 5905).
clipped AS (
  SELECT me.1 AS t, me.2 AS op, me.3 AS svc, me.4 AS start, me.5 AS dur, me.6 AS err, me.7 AS role, me.8 AS bucket,
         me.9 AS kind, me.10 AS peer, me.11 AS p, me.12 AS has_peer, copies, kids,
         arrayUniq(kids.1) AS children, arrayFilter(k -> k.3 <> svc, kids) AS elsewhere,
         arrayMap(k -> multiIf(k.5 > dur, 0, kind = 'client', greatest(start - k.4, k.4 + k.5 - start - dur),
                               start - k.4), kids) AS before,
         arrayMap((k, ahead) -> if(ahead > 0, start + intDiv(dur - k.5, 2), greatest(k.4, start)), kids, before) AS a,
         arrayMap((k, a) -> greatest(a, least(a + k.5, start + dur)), kids, a) AS b
  FROM met),
-- wire: a client span above a span of another service; leaf: a client span to something that sends no
-- spans. Their own time is spent between services, not in the caller's code. Where spans have no kind, a
-- span whose only child is in another service is taken for a client span. stray: by how much a
-- callee's span begins before the call (negative) or ends after it, although it takes no longer than that.
span AS (
  SELECT t, op, svc, start, dur, err, role, bucket, p, copies, kids, children,
         if(children = 0, dur, greatest(0, dur - toInt64(arrayReduce('intervalLengthSum', a, b)))) AS own,
         err AND NOT arrayExists(k -> k.6, kids) AS origin,
         notEmpty(elsewhere) AND (kind IN ('client', 'producer') OR (kind = '' AND children = 1)) AS wire,
         children = 0 AND has_peer AND kind IN ('client', 'producer') AS leaf,
         if(empty(elsewhere), peer, arrayMax(k -> k.3, elsewhere)) AS callee,
         if(children = 1 AND kind <> 'producer', greatest(0, dur - arrayMax(k -> k.5, kids)), own) AS gap,
         children = 1 AND notEmpty(elsewhere) AND kind = 'client' AND kids[1].5 <= dur AS timed,
         if(timed, kids[1].4 - start - least(greatest(kids[1].4 - start, 0), dur - kids[1].5), 0) AS stray,
         arrayCount((k, ahead) -> ahead > 1000000 AND k.3 <> svc, kids, before) AS skewed
  FROM clipped)
