// Sessions, prices and events are few, and nobody wants their mean: kept for ever as they are.
import "date"

option task = {name: "BUCKET for ever", every: 1d, offset: 20m}

from(bucket: "BUCKET")
    |> range(start: date.sub(d: 7d, from: now()), stop: now())
    |> filter(fn: (r) => r._measurement =~ /^(session|twc_session|tariff|comed_price|comed_price_hourly|event|command_result|action)$/)
    |> to(bucket: "BUCKET_1h")
