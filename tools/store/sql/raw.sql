-- The spans in scope with hashes in place of ids and names: 8 bytes instead of 32, and fast to join.
CREATE OR REPLACE TABLE raw AS
SELECT hash(trace_id) AS t, hash(trace_id, span_id) AS s,
       CASE WHEN coalesce(parent_span_id, '') = '' OR parent_span_id = span_id THEN NULL
            ELSE hash(trace_id, parent_span_id) END AS p,
       hash({service}, coalesce(operation, '')) AS op, hash({service}) AS svc, {service} AS service,
       coalesce(operation, '') AS operation, coalesce(peer, '') AS peer,
       replace(lower(coalesce(kind, '')), 'span_kind_', '') AS kind,
       start_unix_nano AS start, duration_ns AS dur, coalesce(upper(status) LIKE '%ERROR', false) AS err,
       role, bucket, coalesce(trace_id <> '' AND span_id <> '' AND duration_ns >= 0, false) AS usable
FROM ({rows});
