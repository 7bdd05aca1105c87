// 5 s to a minute, of what is older than 7 days.
import "date"
import "types"

option task = {name: "BUCKET 1 minute", every: 6h, offset: 10m}

stop = date.truncate(t: date.sub(d: 7d, from: now()), unit: 1m)
start = date.sub(d: 3d, from: stop)

data =
    from(bucket: "BUCKET")
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement !~ /^(session|twc_session|tariff|comed_price|comed_price_hourly|event|command_result|action)$/)

// What is counted up, and what is no number, keeps its last value.
data
    |> filter(fn: (r) => types.isType(v: r._value, type: "float") and r._field !~ /_wh$/)
    |> aggregateWindow(every: 1m, fn: mean, createEmpty: false, timeSrc: "_start")
    |> to(bucket: "BUCKET_1m")

data
    |> filter(fn: (r) => not types.isType(v: r._value, type: "float") or r._field =~ /_wh$/)
    |> aggregateWindow(every: 1m, fn: last, createEmpty: false, timeSrc: "_start")
    |> to(bucket: "BUCKET_1m")
