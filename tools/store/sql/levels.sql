-- One row a metric point with a level that can be compared as it is: counters become rates per second,
-- histograms and summaries the mean of the observations since the point before.
WITH points AS (
  SELECT {series} AS series, role, timestamp, value, "sum" AS total, "count" AS observations,
         coalesce(type, '') = 'summary' OR (coalesce(temporality, '') = 'cumulative'
             AND (coalesce(monotonic, false) OR coalesce(type, '') LIKE '%histogram')) AS cumulative,
         coalesce(temporality, '') = 'delta' AND coalesce(monotonic, false) AS delta,
         timestamp - start_unix_nano / 1e9 AS covers
  FROM ({rows}) WHERE metric IS NOT NULL AND (isfinite(value) OR ("count" > 0 AND isfinite("sum")))),
stepped AS (
  SELECT *, timestamp - lag(timestamp) OVER w AS dt, value - lag(value) OVER w AS dv,
         total - lag(total) OVER w AS dtotal, observations - lag(observations) OVER w AS dn
  FROM points WINDOW w AS (PARTITION BY series ORDER BY timestamp)),
usual AS (SELECT series, median(dt) AS dt FROM stepped WHERE dt > 0 GROUP BY series),
levels AS (
  SELECT s.series, role, timestamp, CASE
    -- A step across a gap in the data, such as from one window to another day, is no step.
    WHEN cumulative AND (s.dt IS NULL OR s.dt <= 0 OR s.dt > 3 * usual.dt) THEN NULL
    -- A value below the one before: the process restarted and counts from zero.
    WHEN cumulative AND observations IS NOT NULL
      THEN CASE WHEN dn > 0 THEN dtotal / dn WHEN dn < 0 AND observations > 0 THEN total / observations END
    WHEN cumulative THEN CASE WHEN dv < 0 THEN value ELSE dv END / s.dt
    WHEN observations > 0 AND total IS NOT NULL THEN total / observations
    WHEN delta THEN value / nullif(CASE WHEN covers > 0 THEN covers ELSE s.dt END, 0)
    ELSE value END AS level
  FROM stepped s LEFT JOIN usual USING (series))
SELECT series, role, timestamp, level FROM levels WHERE isfinite(level) ORDER BY series, timestamp
