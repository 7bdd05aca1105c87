// A minute to 5, of what is older than 30 days.
import "date"
import "types"

option task = {name: "BUCKET 5 minutes", every: 12h, offset: 10m}

stop = date.truncate(t: date.sub(d: 30d, from: now()), unit: 5m)
start = date.sub(d: 4d, from: stop)

data =
    from(bucket: "BUCKET_1m")
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement !~ /^(session|twc_session|tariff|comed_price|comed_price_hourly|event|command_result|action)$/)

// What is counted up, and what is no number, keeps its last value.
data
    |> filter(fn: (r) => types.isType(v: r._value, type: "float") and r._field !~ /_wh$/)
    |> aggregateWindow(every: 5m, fn: mean, createEmpty: false, timeSrc: "_start")
    |> to(bucket: "BUCKET_5m")

data
    |> filter(fn: (r) => not types.isType(v: r._value, type: "float") or r._field =~ /_wh$/)
    |> aggregateWindow(every: 5m, fn: last, createEmpty: false, timeSrc: "_start")
    |> to(bucket: "BUCKET_5m")
