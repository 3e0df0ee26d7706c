-- {traces} requests of 20 spans each, generated inside the engine: {kinds} kinds of request, each a chain of 10
-- of {services} services, a client span between two. One service takes 60 ms longer in the incident.
INSERT INTO otel_traces
  (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, SpanAttributes,
   Duration, StatusCode)
SELECT fromUnixTimestamp64Nano(toInt64(began + waited)), lower(hex(sipHash128(trace))), lower(hex(sipHash64(trace, toUInt64(d)))),
       if(d = 0, '', lower(hex(sipHash64(trace, toUInt64(d - 1))))), if(d % 2, 'GET', concat('GET /', toString(kind))),
       if(d % 2, 'Client', 'Server'), service, map('k8s.pod.name', concat(service, '-', toString(trace % 3))),
       map('http.request.method', 'GET', 'tenant', concat('tenant-', toString(trace % 50))), took,
       if(sipHash64(trace, d, 'failed') % 1000 = 0, 'Error', 'Unset')
FROM (
  SELECT number AS trace, number % {kinds} AS kind, {start} + intDiv(number * {length}, {traces}) AS began,
         arrayMap(d -> concat('service-', toString((kind * 5 + intDiv(d, 2) * 7) % {services})), range(20)) AS services,
         arrayMap((d, s) -> toInt64(1000000 * (1 + sipHash64(trace, d) % 1000 / 500) / (1 + 4 * (d % 2))
                                    + if(s = '{faulty}' AND d % 2 = 0 AND began >= {fault}, 60000000, 0)),
                  range(20), services) AS own,
         arrayReverse(arrayCumSum(arrayReverse(own))) AS durations,
         arrayMap(o -> intDiv(o, 2), arrayPopFront(arrayCumSum(arrayPushFront(own, 0)))) AS ends,
         arrayPushFront(arrayPopBack(ends), 0) AS begins
  FROM numbers({first}, {count}))
ARRAY JOIN range(20) AS d, services AS service, durations AS took, begins AS waited
