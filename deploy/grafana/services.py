"""What the dashboards of the services show: panels from left to right. generate.py makes their JSON."""

from parts import NS, graph, prometheus, quantiles, rate, stat, table

OVERVIEW = [
    stat(
        "Alerts that fire",
        prometheus("short", ('count(ALERTS{alertname=~"BatAudit.*", alertstate="firing"}) or vector(0)', "")),
        "docs/runbooks has a page for each.",
        (1, 3),
    ),
    stat(
        "Not as the books say",
        prometheus("short", (f"max(bataudit:conservation_difference_events:max{{{NS}}})", "")),
        "Events of the last 24 hours that are missing or doubled. Anything but 0 is an alert.",
        (1, 1),
    ),
    stat(
        "Oldest event not stored",
        prometheus("s", (f"max(bataudit:group_oldest_waiting_seconds:max{{{NS}}})", "")),
        "How far behind what people see may be.",
        (30, 300),
    ),
    stat(
        "Retention used",
        prometheus("percentunit", (f"max(bataudit:retention_used:ratio{{{NS}}})", "")),
        "Of the time that Kafka keeps events, the part the oldest unstored one has used up. At 100 % it is deleted.",
        (0.05, 0.2),
    ),
    stat(
        "Disk free",
        prometheus("percentunit", (f"min(bataudit:clickhouse_disk_free:ratio{{{NS}}})", "")),
        "Of the fullest disk of ClickHouse.",
    ),
    stat(
        "Sentinels at work",
        prometheus("short", (f"sum(bataudit_sentinel_active{{{NS}}})", "")),
        "One for each installation.",
    ),
    graph(
        "Events",
        prometheus(
            "eps",
            (f"sum(bataudit:events_accepted:rate5m{{{NS}}})", "accepted"),
            (f"sum(bataudit:events_inserted:rate5m{{{NS}}})", "stored"),
        ),
        "Acknowledged by Kafka, and inserted into ClickHouse.",
    ),
    graph(
        "Records that wait",
        prometheus("short", (f"sum(bataudit:group_lag_records:sum{{{NS}}})", "records")),
        "In Kafka, not confirmed by a processor.",
    ),
    graph(
        "Requests to write events",
        prometheus("reqps", (rate("bataudit_ingest_submissions_total", "result") + " > 0", "{{result}}")),
        "By how they ended.",
        stack=True,
    ),
    graph(
        "Requests to the query API",
        prometheus("reqps", (rate("bataudit_query_api_requests_total", "status"), "{{status}}")),
        "By class of status.",
        stack=True,
    ),
    graph(
        "Dead letters and losses",
        prometheus(
            "short",
            (f"sum(increase(bataudit_processor_dead_letters_total{{{NS}}}[1h]))", "dead letters in 1 h"),
            (f"max(bataudit:loss_incidents_recent:max{{{NS}}})", "loss incidents in 24 h"),
        ),
        "Events that could not be stored, and what the processors found missing in Kafka.",
    ),
    graph(
        "Error budget used per hour",
        prometheus("percentunit", (f"sum(bataudit:ingest_errors:ratio_rate1h{{{NS}}}) / 0.001 / 720", "ingest")),
        "The part of a month's errors that the last hour used up.",
    ),
    table(
        "Instances",
        prometheus("short", (f"sum by (job, instance, version) (bataudit_build_info{{{NS}}})", "")),
        "What runs, in which version.",
        width=24,
    ),
]

INGEST = [
    graph(
        "Events accepted",
        prometheus("eps", (rate("bataudit_ingest_events_accepted_total", "instance"), "{{instance}}")),
        "By gateway.",
        stack=True,
    ),
    graph(
        "Requests by how they ended",
        prometheus("reqps", (rate("bataudit_ingest_submissions_total", "result") + " > 0", "{{result}}")),
        "keys_not_loaded, overloaded, unavailable and publish_timeout are our failures.",
        stack=True,
    ),
    graph(
        "Time until Kafka acknowledged",
        prometheus("s", *quantiles("bataudit_ingest_publish_seconds", 'result="acknowledged"')),
        "Of a submission.",
    ),
    graph(
        "Submissions Kafka did not take",
        prometheus(
            "reqps", (rate("bataudit_ingest_publish_seconds_count", "result", 'result!="acknowledged"'), "{{result}}")
        ),
        "Each was answered with 503, or 413.",
    ),
    graph(
        "Bytes under way",
        prometheus("bytes", (f"sum by (instance) (bataudit_ingest_in_flight_bytes{{{NS}}})", "{{instance}}")),
        "Bodies, what connections hold of them, and answers; above BATAUDIT_INGEST_MAX_IN_FLIGHT_BYTES requests are refused as overloaded.",
    ),
    graph(
        "Connections",
        prometheus("short", (f"sum by (instance) (bataudit_ingest_connections{{{NS}}})", "{{instance}}")),
    ),
    graph(
        "Events refused alone",
        prometheus("eps", (rate("bataudit_ingest_events_rejected_total", "reason"), "{{reason}}")),
        "Of batches of which others were taken.",
    ),
    graph(
        "Keys known",
        prometheus(
            "short",
            (f"min by (kind) (bataudit_ingest_access_entries{{{NS}}})", "{{kind}}"),
            (f"max(bataudit_ingest_access_lag_records{{{NS}}})", "records behind"),
        ),
        "By the gateway that knows the fewest.",
    ),
    stat(
        "Kafka reachable",
        prometheus("short", (f"min(bataudit_ingest_broker_reachable{{{NS}}})", "")),
        "1 if every gateway reaches it.",
        width=6,
    ),
    stat(
        "Keys reachable",
        prometheus("short", (f"min(bataudit_ingest_access_reachable{{{NS}}})", "")),
        "1 if every gateway reaches the access topic.",
        width=6,
    ),
    stat(
        "Producers replaced",
        prometheus("short", (f"sum(increase(bataudit_ingest_producers_replaced_total{{{NS}}}[1d]))", "")),
        "In a day, after an error the client library calls fatal.",
        (1, 10),
        width=6,
    ),
    stat(
        "Certificate ends in",
        prometheus("s", (f"min(bataudit_tls_certificate_expiry_timestamp_seconds{{{NS}}}) - time()", "")),
        "The first to end of those that ingest and query-api give to clients.",
        width=6,
    ),
]

PROCESSOR = [
    graph(
        "Events",
        prometheus(
            "eps",
            (rate("bataudit_processor_events_consumed_total"), "read"),
            (rate("bataudit_processor_events_inserted_total"), "stored"),
            (rate("bataudit_processor_events_repeated_total"), "repeats"),
            (rate("bataudit_processor_events_dead_lettered_total"), "dead-lettered"),
        ),
    ),
    graph(
        "Records that wait, by partition",
        prometheus(
            "short",
            (
                f"max by (partition) (bataudit_group_lag_records{{{NS}}} and on (namespace, job, instance) bataudit_sentinel_active == 1)",
                "{{partition}}",
            ),
        ),
        "As sentinel sees it: also those that nobody reads.",
        stack=True,
    ),
    graph(
        "From the gateway into ClickHouse",
        prometheus("s", *quantiles("bataudit_processor_stored_delay_seconds")),
        "Of the oldest event of each batch.",
    ),
    graph("Time of an insert", prometheus("s", *quantiles("bataudit_processor_insert_seconds", 'result="ok"'))),
    graph(
        "Inserts",
        prometheus("ops", (rate("bataudit_processor_insert_seconds_count", "result"), "{{result}}")),
        "failed is repeated with the same bytes; refused stops the partition.",
        stack=True,
    ),
    graph(
        "Rows of an insert",
        prometheus("short", *quantiles("bataudit_processor_batch_rows")),
        "Large is good under load, small on a quiet installation.",
    ),
    graph("Bytes of an insert", prometheus("bytes", *quantiles("bataudit_processor_batch_bytes"))),
    graph(
        "Commits",
        prometheus("ops", (rate("bataudit_processor_commits_total", "result"), "{{result}}")),
        "unknown is read back; stale belongs to a partition that moved away.",
        stack=True,
    ),
    graph(
        "Dead letters",
        prometheus(
            "short", (f"sum by (reason) (increase(bataudit_processor_dead_letters_total{{{NS}}}[5m]))", "{{reason}}")
        ),
        "In 5 minutes.",
        stack=True,
    ),
    graph("Fields masked", prometheus("ops", (rate("bataudit_processor_fields_masked_total"), "fields"))),
    graph(
        "Repeats sought",
        prometheus(
            "ops",
            (rate("bataudit_processor_ids_asked_total"), "ids asked"),
            (rate("bataudit_processor_events_repeated_total"), "repeats found"),
        ),
        "Many asked and few found: the filter is too small.",
    ),
    graph(
        "Brought to an end after a crash",
        prometheus(
            "short",
            (f"sum by (how) (increase(bataudit_processor_batches_settled_total{{{NS}}}[1h]))", "batches {{how}}"),
            (f"sum(increase(bataudit_processor_rows_repaired_total{{{NS}}}[1h]))", "rows repaired"),
        ),
        "In an hour.",
    ),
    stat(
        "Partitions stopped",
        prometheus("short", (f"sum(bataudit_processor_partitions_stopped{{{NS}}})", "")),
        "They stand still until a person acts.",
        (1, 1),
        width=6,
    ),
    stat(
        "Projects with unusable rules",
        prometheus("short", (f"max(bataudit_processor_unusable_rules{{{NS}}})", "")),
        "Above 0 no event is taken.",
        (1, 1),
        width=6,
    ),
    stat(
        "Partitions without a reader",
        prometheus("short", (f"max(bataudit:group_partitions_without_reader:max{{{NS}}})", "")),
        "",
        (1, 1),
        width=6,
    ),
    stat(
        "Records lost",
        prometheus("short", (f"sum(increase(bataudit_processor_records_lost_total{{{NS}}}[1d]))", "")),
        "Deleted by Kafka before they were read, in a day.",
        (1, 1),
        width=6,
    ),
]
