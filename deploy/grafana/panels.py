"""How queries and panels are made; what they show stands in make-dashboards."""

SOURCE = {"type": "influxdb", "uid": "sunherd"}

# ---- queries ---------------------------------------------------------------------------------------------------------


def raw(measurement, field, more="", evse=False):
    """A field in full resolution; the pipe goes on."""
    which = ' |> filter(fn: (r) => r.id =~ /^${evse:regex}$/)' if evse else ""
    fields = field if field.startswith("(") else f'r._field == "{field}"'
    return (f'from(bucket: v.defaultBucket) |> range(start: v.timeRangeStart, stop: v.timeRangeStop) '
            f'|> filter(fn: (r) => r._measurement == "{measurement}" and {fields} and r.site == "${{site}}"){which}{more}')


def mean(measurement, field, evse=False, more=""):
    return raw(measurement, field, more, evse) + " |> aggregateWindow(every: v.windowPeriod, fn: mean, createEmpty: false)"


def last(measurement, field, evse=False, more=""):
    return raw(measurement, field, more, evse) + " |> last()"


def any_of(*fields):
    return "(" + " or ".join(f'r._field == "{field}"' for field in fields) + ")"


# Of all ages: the last days in full, what is older from the tasks' buckets (deploy/influxdb). Where two have the same time,
# last and max don't mind. Begins a window early, so that the first difference is whole.
HISTORY = '''import "date"
begin = date.sub(d: %s, from: v.timeRangeStart)
recent = date.sub(d: 8d, from: now())
from_recent = if begin > recent then begin else recent
to_recent = if v.timeRangeStop > from_recent then v.timeRangeStop else date.add(d: 1s, to: from_recent)
tier = (name, start=begin, stop=v.timeRangeStop) => from(bucket: name) |> range(start: start, stop: stop)
  |> filter(fn: (r) => r._measurement == "%s" and r._field == "%s" and r.site == "${site}")
history = union(tables: [tier(name: v.defaultBucket, start: from_recent, stop: to_recent),
  tier(name: v.defaultBucket + "_1m"), tier(name: v.defaultBucket + "_5m"), tier(name: v.defaultBucket + "_1h")])
  |> group(columns: ["_measurement", "_field", "site", "id", "source"]) |> sort(columns: ["_time"])
'''


def counted(measurement, field, every, name=None, evse=False):
    """What a counter counted in each window; a counter that begins anew counts from there."""
    which = '|> filter(fn: (r) => r.id =~ /^${evse:regex}$/) ' if evse else ""
    rename = f'|> set(key: "_field", value: "{name}") |> keep(columns: ["_time", "_value", "_field"]) ' if name else ""
    return (HISTORY % (every, measurement, field) + f'history {which}|> aggregateWindow(every: {every}, fn: last, createEmpty: false, '
            f'timeSrc: "_start") |> difference(nonNegative: true) |> drop(columns: ["source"]) {rename}')


def peaks(measurement, field, every):
    return (HISTORY % (every, measurement, field) +
            f'history |> aggregateWindow(every: {every}, fn: max, createEmpty: false, timeSrc: "_start")')


def sessions(columns, more=""):
    keep = ", ".join(f'"{c}"' for c in columns)
    return ('from(bucket: v.defaultBucket) |> range(start: v.timeRangeStart, stop: v.timeRangeStop) '
            '|> filter(fn: (r) => r._measurement == "session" and r.site == "${site}" and r.id =~ /^${evse:regex}$/) '
            f'|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> group() '
            f'|> sort(columns: ["_time"], desc: true) |> keep(columns: [{keep}]){more}')


# ---- panels ----------------------------------------------------------------------------------------------------------

GREEN, YELLOW, RED, BLUE = "green", "#EAB839", "red", "blue"


def steps(*pairs):
    return {"mode": "absolute", "steps": [{"color": color, "value": value} for value, color in pairs]}


def targets(queries):
    queries = [queries] if isinstance(queries, str) else queries
    return [{"refId": chr(ord("A") + i), "datasource": SOURCE, "query": q} for i, q in enumerate(queries)]


def panel(kind, title, queries, width, height, unit=None, options=None, thresholds=None, custom=None, overrides=None,
          decimals=None, description=None, color=None):
    defaults = {"custom": custom or {}}
    if unit:
        defaults["unit"] = unit
    if decimals is not None:
        defaults["decimals"] = decimals
    if thresholds:
        defaults["thresholds"] = thresholds
    if color:
        defaults["color"] = color
    made = {"type": kind, "title": title, "datasource": SOURCE, "gridPos": {"x": 0, "y": 0, "w": width, "h": height},
            "targets": targets(queries), "options": options or {},
            "fieldConfig": {"defaults": defaults, "overrides": overrides or []}}
    if description:
        made["description"] = description
    return made


def stat(title, query, unit, width=4, thresholds=None, decimals=None, description=None, words=False):
    return panel("stat", title, query, width, 4, unit,
                 {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "/.*/" if words else "", "values": False},
                  "colorMode": "value", "graphMode": "none" if words else "area", "textMode": "auto",
                  "justifyMode": "auto", "orientation": "auto", "wideLayout": True, "showPercentChange": False,
                  "percentChangeColorMode": "standard"},
                 thresholds or steps((None, GREEN)), decimals=decimals, description=description)


def gauge(title, query, unit, low, high, thresholds, width=4, description=None):
    made = panel("gauge", title, query, width, 4, unit,
                 {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "showThresholdLabels": False,
                  "showThresholdMarkers": True, "minVizHeight": 75, "minVizWidth": 75, "orientation": "auto", "sizing": "auto"},
                 thresholds, description=description)
    made["fieldConfig"]["defaults"].update({"min": low, "max": high})
    return made


def lines(title, queries, unit, width=12, height=8, fill=10, stacked=False, thresholds=None, overrides=None,
          description=None, stepped=False):
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": fill, "showPoints": "never", "spanNulls": False,
              "lineInterpolation": "stepAfter" if stepped else "linear",
              "stacking": {"mode": "normal" if stacked else "none", "group": "A"}}
    if thresholds:
        custom["thresholdsStyle"] = {"mode": "dashed"}
    return panel("timeseries", title, queries, width, height, unit,
                 {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
                  "tooltip": {"mode": "multi", "sort": "desc"}}, thresholds, custom, overrides, description=description)


def bars(title, queries, unit, width=12, height=8, stacked=False, description=None):
    return panel("timeseries", title, queries, width, height, unit,
                 {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": ["sum"]},
                  "tooltip": {"mode": "multi", "sort": "desc"}},
                 custom={"drawStyle": "bars", "fillOpacity": 80, "lineWidth": 0, "barAlignment": 1, "showPoints": "never",
                         "stacking": {"mode": "normal" if stacked else "none", "group": "A"}}, description=description)


def table(title, query, width=24, height=8, units=None, sort=None, description=None):
    overrides = [{"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": unit}]}
                 for name, unit in (units or {}).items()]
    return panel("table", title, query, width, height, None,
                 {"showHeader": True, "cellHeight": "sm", "sortBy": sort or [],
                  "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""}},
                 custom={"filterable": True, "inspect": False, "align": "auto", "cellOptions": {"type": "auto"}},
                 overrides=overrides, description=description)


def pie(title, query, unit, width=8, height=8):
    return panel("piechart", title, query, width, height, unit,
                 {"reduceOptions": {"calcs": ["sum"], "fields": "", "values": False}, "pieType": "donut",
                  "displayLabels": ["percent"], "legend": {"displayMode": "table", "placement": "right", "showLegend": True,
                                                           "calcs": [], "values": ["value"]},
                  "tooltip": {"mode": "single", "sort": "none"}})


def named(query, name):
    """One series with a name for people."""
    return query + f' |> set(key: "_field", value: "{name}") |> keep(columns: ["_time", "_value", "_field"])'


def by(tag, query):
    """A series for each value of a tag, and named like it."""
    return query + f' |> keep(columns: ["_time", "_value", "{tag}"])'


def labelled(tag, made):
    made["fieldConfig"]["defaults"]["displayName"] = "${__field.labels.%s}" % tag
    return made


def by_name(name, **properties):
    ids = {"color": "color", "negative": "custom.transform", "axis": "custom.axisPlacement", "unit": "unit"}
    values = {"color": lambda c: {"mode": "fixed", "fixedColor": c}, "negative": lambda _: "negative-Y"}
    return {"matcher": {"id": "byName", "options": name},
            "properties": [{"id": ids[key], "value": values.get(key, lambda v: v)(value)} for key, value in properties.items()]}


FLOW_COLORS = [by_name("grid", color="#8E8E8E"), by_name("PV", color="#F2CC0C"), by_name("battery", color="#5794F2"),
               by_name("house", color="#B877D9"), by_name("EVSEs", color="#73BF69")]
