"""Machines and disks from events a second, by the measured figures.

    scripts/capacity.py --rate 5000 --peak 4 --days 90     what an installation of your own takes
    scripts/capacity.py --write                            the tables of docs/CAPACITY.md
    scripts/capacity.py --check                            whether those tables are these figures'

Pure arithmetic; every figure it stands on is in FIGURES or ASSUMED, and printed in the page.
"""

import argparse
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs/CAPACITY.md"
DAY = 86_400

# Measured: value, unit, where from. The processor's is a floor: what two cores did that also ran the load, Kafka and
# ClickHouse (BENCHMARKS.md, G8), divided by two. The part alone takes less.
FIGURES = {
    "gateway_batch": (437_000, "events per CPU-second", "ingest, 100 events a request (BENCHMARKS.md, G3)"),
    "gateway_single": (47_000, "events per CPU-second", "ingest, one event a request (BENCHMARKS.md, G1)"),
    "processor": (40_000, "rows per core", "processor; a floor: 81,344/s stored on two cores that also ran all else"),
    "clickhouse": (64_000, "rows per CPU-second", "ClickHouse at a steady 20,000 rows/s, with all rollups and merges"),
    "broker": (285_000, "events per CPU-second", "one of three brokers, three copies, 20 events a record"),
    "row_bytes": (88, "bytes an event", "events table on disk, merged, with 22 % of events carrying bodies"),
    "rollup_bytes": (18, "bytes an event", "all rollups together where they help least, 139 events a minute"),
}
# Assumed: change them for your own.
ASSUMED = {
    "log_bytes": (200, "bytes an event in Kafka", "400 bytes of JSON, packed and compressed with zstd"),
    "copies": (3, "copies of each record", "BATAUDIT_KAFKA_REPLICATION"),
    "log_days": (7, "days in Kafka", "BATAUDIT_KAFKA_RETENTION_MS"),
    "days": (30, "days of raw events", "TIERING_RAW_DAYS"),
    "peak": (3, "times the average at the busiest", "a guess: look at your own day"),
    "load": (0.5, "of the cores used at the busiest", "the other half catches up after an outage"),
    "spare": (1.4, "times the disk", "merges, and room to think"),
}


@dataclass(frozen=True)
class Need:
    """What an average rate takes."""

    rate: float
    ingest: float
    ingest_single: float
    processor: float
    clickhouse: float
    broker: float
    kafka_disk: float
    clickhouse_disk: float


def value(name, chosen):
    """A figure, or what was chosen in its place."""
    return chosen.get(name, FIGURES.get(name, ASSUMED.get(name))[0])


def need(rate, **chosen):
    """Cores at the busiest, and disks, for an average of `rate` events a second."""

    def cores(figure):
        return rate * value("peak", chosen) / value(figure, chosen) / value("load", chosen)

    def stored(figure, days):
        return rate * DAY * days * figure

    raw = stored(value("row_bytes", chosen) + value("rollup_bytes", chosen), value("days", chosen))
    log = stored(value("log_bytes", chosen) * value("copies", chosen), value("log_days", chosen))
    spare = value("spare", chosen)
    return Need(
        rate, cores("gateway_batch"), cores("gateway_single"), cores("processor"), cores("clickhouse"), cores("broker"),
        log * spare, raw * spare,
    )  # fmt: skip


def bytes_text(count):
    """1.5 TB and the like."""
    for unit in ["B", "kB", "MB", "GB", "TB", "PB"]:
        if count < 1000 or unit == "PB":
            return f"{count:.0f} {unit}" if count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError


def cores_text(count):
    """Whole cores, and below one what part of it."""
    if count < 0.01:
        return "< 0.01"
    return f"{count:.2f}" if count < 0.995 else f"{math.ceil(count - 0.05)}"


def rates_table():
    """One line for each power of ten."""
    lines = [
        "| events/s, average | events a day | ingest, batches | ingest, single posts | processor | ClickHouse, inserts | each of 3 brokers | Kafka disk, all | ClickHouse disk |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for rate in [10, 100, 1_000, 10_000, 100_000, 1_000_000]:
        takes = need(rate)
        cores = [takes.ingest, takes.ingest_single, takes.processor, takes.clickhouse, takes.broker]
        disks = [bytes_text(takes.kafka_disk), bytes_text(takes.clickhouse_disk)]
        cells = [f"{rate:,}", f"{rate * DAY:,}", *map(cores_text, cores), *disks]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def figures_table(figures):
    """What the arithmetic stands on."""
    rows = [f"| {number:,} {unit} | {source} |" for number, unit, source in figures.values()]
    return ["| figure | of what |", "|---|---|", *rows]


def model_table():
    """10^12 events at 10^6 a second."""
    events, rate = 10**12, 10**6
    takes = need(rate, peak=1)
    raw = events * value("row_bytes", {})
    rows = [
        ("time to take them in", f"{events / rate / DAY:.1f} days"),
        ("events table, all of them", bytes_text(raw)),
        ("of that a day", bytes_text(rate * DAY * value("row_bytes", {}))),
        ("Kafka for 7 days, three copies", bytes_text(rate * DAY * 7 * value("log_bytes", {}) * 3)),
        ("into Kafka, before copies", f"{bytes_text(rate * value('log_bytes', {}))}/s"),
        ("ingest at half load, batches of 100", f"{cores_text(takes.ingest)} cores"),
        ("processor at half load", f"{cores_text(takes.processor)} cores"),
        ("ClickHouse at half load, inserts alone", f"{cores_text(takes.clickhouse)} cores"),
        ("servers of 16 cores for that", f"{math.ceil(takes.clickhouse / 16)} shards"),
        ("rows of one shard of these", f"{events / math.ceil(takes.clickhouse / 16):,.0f}"),
        ("partitions, one processor core each", f"{math.ceil(takes.processor)}"),
    ]
    return ["| | |", "|---|---|", *(f"| {what} | {much} |" for what, much in rows)]


TABLES = {
    "figures": lambda: figures_table(FIGURES),
    "assumed": lambda: figures_table(ASSUMED),
    "rates": rates_table,
    "model": model_table,
}


def filled(page):
    """The page with its tables made anew: each stands between two comments with its name."""
    for name, table in TABLES.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if len(pattern.findall(page)) != 1:
            sys.exit(f"{PAGE.name} must have one place for the table {name}")
        page = pattern.sub(lambda found, table=table: found[1] + "\n".join(table()) + "\n" + found[2], page)
    return page


def answer(arguments):
    """What was asked for, in words."""
    chosen = {name: getattr(arguments, name) for name in ASSUMED if getattr(arguments, name) is not None}
    takes = need(arguments.rate, **chosen)
    print(f"{arguments.rate:,.0f} events a second on average, {value('peak', chosen):g} times that at the busiest:")
    print(f"  ingest            {cores_text(takes.ingest)} cores for batches of 100, {cores_text(takes.ingest_single)} for single posts")
    print(f"  processor         {cores_text(takes.processor)} cores")
    print(f"  ClickHouse        {cores_text(takes.clickhouse)} cores for inserts, and what people ask; {bytes_text(takes.clickhouse_disk)} of disk")
    print(f"  each of 3 brokers {cores_text(takes.broker)} cores, {bytes_text(takes.kafka_disk / 3)} of disk")


def main():
    parser = argparse.ArgumentParser(description="Machines and disks from events a second.")
    parser.add_argument("--rate", type=float, help="events a second, on average")
    for name, (default, unit, _) in ASSUMED.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, help=f"{unit} ({default})")
    parser.add_argument("--write", action="store_true", help="make the tables of docs/CAPACITY.md anew")
    parser.add_argument("--check", action="store_true", help="whether they are these")
    arguments = parser.parse_args()
    if arguments.rate:
        answer(arguments)
        return 0
    if not (arguments.write or arguments.check):
        parser.error("say --rate, --write or --check")
    page = PAGE.read_text()
    if arguments.write:
        PAGE.write_text(filled(page))
    elif filled(page) != page:
        print("docs/CAPACITY.md is not what the figures give: scripts/capacity.py --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
