// 5 minutes to an hour, of what is older than a year; kept for ever.
import "date"
import "types"

option task = {name: "BUCKET 1 hour", every: 1d, offset: 10m}

stop = date.truncate(t: date.sub(d: 365d, from: now()), unit: 1h)
start = date.sub(d: 7d, from: stop)

data =
    from(bucket: "BUCKET_5m")
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement !~ /^(session|twc_session|tariff|comed_price|comed_price_hourly|event|command_result|action)$/)

// What is counted up, and what is no number, keeps its last value.
data
    |> filter(fn: (r) => types.isType(v: r._value, type: "float") and r._field !~ /_wh$/)
    |> aggregateWindow(every: 1h, fn: mean, createEmpty: false, timeSrc: "_start")
    |> to(bucket: "BUCKET_1h")

data
    |> filter(fn: (r) => not types.isType(v: r._value, type: "float") or r._field =~ /_wh$/)
    |> aggregateWindow(every: 1h, fn: last, createEmpty: false, timeSrc: "_start")
    |> to(bucket: "BUCKET_1h")
