"""What the dashboards of the store and of a project show: panels from left to right. generate.py makes their JSON."""

from parts import NS, clickhouse, graph, prometheus, quantiles, rate, stat, table

STORE = [
    stat(
        "Disk free",
        prometheus("bytes", (f"min(bataudit_clickhouse_disk_free_bytes{{{NS}}})", "")),
        "Of the disk with the least.",
    ),
    stat(
        "Full in",
        prometheus(
            "s",
            (
                f"min(bataudit_clickhouse_disk_free_bytes{{{NS}}}) / clamp_min(-min(deriv(bataudit_clickhouse_disk_free_bytes{{{NS}}}[6h])), 1)",
                "",
            ),
        ),
        "If it goes on as in the last 6 hours; a very long time if it does not shrink.",
    ),
    stat(
        "Parts",
        clickhouse("short", "SELECT count() AS parts FROM system.parts WHERE active", table=True),
        "Many small parts slow everything down; inserts are refused above the limit of a partition.",
    ),
    stat("Merges", clickhouse("short", "SELECT count() AS merges FROM system.merges", table=True), "Under way."),
    stat(
        "Mutations",
        clickhouse("short", "SELECT count() AS mutations FROM system.mutations WHERE NOT is_done", table=True),
        "Not done: removals by retention and erasure.",
        (5, 50),
    ),
    stat(
        "Queries",
        clickhouse("short", "SELECT sum(value) AS queries FROM system.metrics WHERE metric = 'Query'", table=True),
        "Under way.",
    ),
    graph(
        "Disk",
        prometheus(
            "bytes",
            (f"min by (disk) (bataudit_clickhouse_disk_free_bytes{{{NS}}})", "{{disk}} free"),
            (f"max by (disk) (bataudit_clickhouse_disk_size_bytes{{{NS}}})", "{{disk}} size"),
        ),
    ),
    graph(
        "Queries of the API",
        prometheus(
            "s",
            (
                f"histogram_quantile(0.95, {rate('bataudit_query_api_store_query_seconds_bucket', 'le, query')})",
                "{{query}}",
            ),
        ),
        "95 of 100 took less, by what they ask.",
    ),
    graph(
        "Queries that failed",
        prometheus("reqps", (rate("bataudit_query_api_store_query_seconds_count", "result"), "{{result}}")),
        "By the code of the error; ok did not fail.",
        stack=True,
    ),
    graph(
        "Inserts",
        prometheus("s", *quantiles("bataudit_processor_insert_seconds", 'result="ok"')),
        "As the processors see them.",
    ),
    table(
        "Tables",
        clickhouse(
            "short",
            """
        SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, sum(data_uncompressed_bytes) AS uncompressed,
        round(uncompressed / bytes, 1) AS ratio, count() AS parts, uniqExact(partition) AS partitions
        FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC""",
            table=True,
        ),
    ),
    table(
        "Days of events",
        clickhouse(
            "short",
            """
        SELECT partition, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts, max(modification_time) AS changed
        FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'
        GROUP BY partition ORDER BY partition DESC LIMIT 60""",
            table=True,
        ),
        "The newest 60.",
    ),
    table(
        "Loss incidents",
        clickhouse(
            "short",
            """
        SELECT detected_at, kind, k_partition AS partition, first_offset, end_offset, lost, detail
        FROM loss_incidents FINAL ORDER BY detected_at DESC LIMIT 50""",
            table=True,
        ),
        "What the processors found missing in Kafka. An empty list is a good one.",
        width=24,
    ),
]

PICKED = "project_id IN (${project:singlequote})"
PROJECTS = "SELECT DISTINCT project_id FROM stats_day WHERE bucket >= now() - INTERVAL 40 DAY ORDER BY project_id"
PROJECT = [
    graph(
        "Events",
        clickhouse(
            "short",
            f"""
        SELECT $__timeInterval(bucket) AS time, sum(status_2xx) AS `2xx`, sum(status_3xx) AS `3xx`, sum(errors_4xx) AS `4xx`,
        sum(errors_5xx) AS `5xx`, sum(events) - `2xx` - `3xx` - `4xx` - `5xx` AS `no status`
        FROM stats_minute WHERE $__timeFilter(bucket) AND {PICKED} GROUP BY time ORDER BY time""",
        ),
        "By class of status.",
        stack=True,
    ),
    graph(
        "Response times",
        clickhouse(
            "ms",
            f"""
        SELECT $__timeInterval(bucket) AS time, quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[1] AS p50,
        quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[2] AS p95, quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[3] AS p99
        FROM stats_minute WHERE $__timeFilter(bucket) AND {PICKED} GROUP BY time ORDER BY time""",
        ),
    ),
    graph(
        "Share of errors",
        clickhouse(
            "percentunit",
            f"""
        SELECT $__timeInterval(bucket) AS time, sum(errors_4xx) / sum(events) AS `4xx`, sum(errors_5xx) / sum(events) AS `5xx`
        FROM stats_minute WHERE $__timeFilter(bucket) AND {PICKED} GROUP BY time ORDER BY time""",
        ),
    ),
    graph(
        "Events by service",
        clickhouse(
            "short",
            f"""
        SELECT $__timeInterval(bucket) AS time, service_name, sum(events) AS events
        FROM stats_minute WHERE $__timeFilter(bucket) AND {PICKED} GROUP BY time, service_name ORDER BY time""",
        ),
        stack=True,
    ),
    table(
        "Services",
        clickhouse(
            "short",
            f"""
        SELECT service_name, environment, sum(events) AS events, sum(errors_5xx) AS errors, max(last_event) AS last_event
        FROM stats_hour WHERE $__timeFilter(bucket) AND {PICKED}
        GROUP BY service_name, environment ORDER BY last_event LIMIT 200""",
            table=True,
        ),
        "The one that was silent for longest first.",
    ),
    table(
        "Endpoints",
        clickhouse(
            "short",
            f"""
        SELECT method, route, sum(events) AS events, sum(errors_5xx) AS errors,
        quantilesTimingMerge(0.5, 0.95, 0.99)(rt)[2] AS p95_ms
        FROM endpoint_hour WHERE $__timeFilter(bucket) AND {PICKED}
        GROUP BY method, route ORDER BY errors DESC, events DESC LIMIT 200""",
            table=True,
        ),
        "Those with the most errors first.",
    ),
    graph(
        "Events by day",
        clickhouse(
            "short",
            f"""
        SELECT bucket AS time, sum(events) AS events FROM stats_day
        WHERE bucket >= now() - INTERVAL 90 DAY AND {PICKED} GROUP BY time ORDER BY time""",
        ),
        "Of the last 90 days.",
        width=24,
    ),
]
