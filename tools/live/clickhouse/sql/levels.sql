-- One row a series with levels that can be compared as they are: counters become rates per second,
-- histograms and summaries the mean of the observations since the point before. Points closer than
-- {step} ns are averaged.
WITH points AS ({points}),
stepped AS (
  SELECT *, (at - lagInFrame(toNullable(at)) OVER w) / 1e9 AS dt, value - lagInFrame(value) OVER w AS dv,
         total - lagInFrame(total) OVER w AS dtotal, observations - lagInFrame(observations) OVER w AS dn
  FROM points WHERE metric <> '' AND (isFinite(ifNull(value, nan)) OR (observations > 0 AND isFinite(ifNull(total, nan))))
  WINDOW w AS (PARTITION BY service, pod, peer, metric, attributes, unit ORDER BY at
               ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)),
usual AS (
  SELECT service, pod, peer, metric, attributes, unit, median(dt) AS usual_dt FROM stepped WHERE dt > 0
  GROUP BY service, pod, peer, metric, attributes, unit),
levels AS (
  SELECT s.service AS service, s.pod AS pod, s.peer AS peer, s.metric AS metric, s.attributes AS attributes, s.unit AS unit,
         role, at, multiIf(
    -- A step across a gap in the data, such as from one window to another day, is no step.
    counts = 2 AND (dt IS NULL OR dt <= 0 OR dt > 3 * usual_dt), NULL,
    -- A value below the one before: the process restarted and counts from zero.
    counts = 2 AND observations IS NOT NULL,
      multiIf(dn > 0, dtotal / dn, dn < 0 AND observations > 0, total / observations, NULL),
    counts = 2, if(dv < 0, value, dv) / dt,
    observations > 0 AND total IS NOT NULL, total / observations,
    counts = 1, value / nullIf(if(at > since AND since > 0, (at - since) / 1e9, dt), 0),
    value) AS level
  FROM stepped AS s LEFT JOIN usual AS u
    ON s.service = u.service AND s.pod = u.pod AND s.peer = u.peer AND s.metric = u.metric
       AND s.attributes = u.attributes AND s.unit = u.unit)
SELECT service, pod, peer, metric, attributes, unit, arraySort(groupArray((role, moment, mean)))
FROM (
  SELECT service, pod, peer, metric, attributes, unit, role, toInt64(min(at)) AS moment, avg(level) AS mean FROM levels
  WHERE isFinite(ifNull(level, nan))
  GROUP BY service, pod, peer, metric, attributes, unit, role, intDiv(at, {step}))
GROUP BY service, pod, peer, metric, attributes, unit ORDER BY service, pod, peer, metric, attributes, unit
