"""Panels of dashboards, and the queries in them, as Grafana has them."""

WIDTH = 24
# Every Prometheus query is of the namespaces that were picked; where there is none, `.*` matches its absence.
NS = 'namespace=~"$namespace"'


def prometheus(unit, *targets):
    """Targets of the form (expression, legend). Those of histograms show the traces that the buckets lead to."""

    def target(expr, legend):
        exemplar = {"exemplar": True} if "_bucket" in expr else {}
        return {"expr": expr, "legendFormat": legend, **exemplar}

    return {"source": "prometheus", "unit": unit, "targets": [target(*one) for one in targets]}


def clickhouse(unit, sql, table=False):
    """One statement: of a time and values, or a table."""
    target = {
        "editorType": "sql",
        "format": 1 if table else 0,
        "queryType": "table" if table else "timeseries",
        "rawSql": " ".join(sql.split()),
    }
    return {"source": "clickhouse", "unit": unit, "targets": [target]}


SOURCES = {
    "prometheus": {"type": "prometheus", "uid": "${prometheus}"},
    "clickhouse": {"type": "grafana-clickhouse-datasource", "uid": "${clickhouse}"},
}


def panel(title, kind, width, height, query, help="", thresholds=None, stack=False):
    """One panel without its place. `thresholds`: the values from which it is orange and red."""
    steps = [{"color": "green", "value": None}]
    steps += [{"color": color, "value": value} for color, value in zip(("orange", "red"), thresholds or ())]
    defaults = {"unit": query["unit"], "thresholds": {"mode": "absolute", "steps": steps}}
    if kind == "timeseries":
        stacking = {"mode": "normal" if stack else "none", "group": "A"}
        defaults["min"] = 0
        defaults["custom"] = {"fillOpacity": 20 if stack else 0, "stacking": stacking, "showPoints": "never"}
    options = {
        "timeseries": {
            "legend": {"displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "stat": {
            "colorMode": "background" if thresholds else "value",
            "graphMode": "area",
            "reduceOptions": {"calcs": ["lastNotNull"]},
        },
        "table": {"showHeader": True},
    }[kind]
    source = SOURCES[query["source"]]
    targets = [
        {"datasource": source, "refId": chr(ord("A") + number), **target}
        for number, target in enumerate(query["targets"])
    ]
    return {
        "title": title,
        "description": help,
        "type": kind,
        "datasource": source,
        "gridPos": {"w": width, "h": height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": targets,
    }


def stat(title, query, help="", thresholds=None, width=4):
    return panel(title, "stat", width, 4, query, help, thresholds)


def graph(title, query, help="", width=12, stack=False):
    return panel(title, "timeseries", width, 8, query, help, stack=stack)


def table(title, query, help="", width=12):
    return panel(title, "table", width, 9, query, help)


def rate(metric, by="", match=""):
    """The rate of a counter, summed by labels."""
    match = f"{NS}, {match}" if match else NS
    summed = f"sum by ({by}) " if by else "sum"
    return f"{summed}(rate({metric}{{{match}}}[$__rate_interval]))"


def quantiles(metric, match=""):
    """Three quantiles of a histogram."""
    for share in ("0.5", "0.95", "0.99"):
        yield f"histogram_quantile({share}, {rate(metric + '_bucket', 'le', match)})", f"p{share[2:].ljust(2, '0')}"
