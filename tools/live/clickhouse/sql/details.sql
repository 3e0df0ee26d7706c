-- Of histograms and counters of one metric: the largest observations of the incident that name a trace, and what
-- was counted per bucket in either window. A row a series and window; a cumulative count is its last point less its
-- first, or the last alone where the process restarted in between.
SELECT service, pod, peer, metric, attributes, role, any(bounds), if(any(counts) = 2,
       if(arrayExists(n -> n < 0, arrayMap((a, b) -> toInt64(a) - toInt64(b), argMax(buckets, at), argMin(buckets, at))),
          argMax(buckets, at), arrayMap((a, b) -> toUInt64(a - b), argMax(buckets, at), argMin(buckets, at))),
       sumForEach(buckets)) AS observed,
       arraySlice(arrayReverseSort(e -> (e.1, e.2), groupUniqArrayArray(seen)), 1, {exemplars})
FROM (
  {points})
GROUP BY service, pod, peer, metric, attributes, role
