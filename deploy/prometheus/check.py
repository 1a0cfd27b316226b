"""Holds alerts, runbooks, dashboards and docs/METRICS.md together.

In: the files. Out: one line per problem, and exit 1 when there is one. Whether a metric exists is the business of
tests/tests/metrics.rs, which compares docs/METRICS.md with the running services; whether an alert fires when it should, of
promtool and deploy/prometheus/tests.
"""

import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs/runbooks"
GRAFANA = ROOT / "deploy/docker/clickhouse/grafana.xml"
BASE = "https://github.com/bataudit/bataudit/blob/main/docs/runbooks/"
SEVERITIES = {"critical", "warning"}
SECTIONS = ["## Is anything lost?", "## Look at", "## Do"]
# A metric or a recorded rule, without what a histogram adds to its name.
NAME = re.compile(r"\bbataudit[_:][a-z0-9_:]+")
HISTOGRAM = re.compile(r"_(bucket|sum|count)$")
# Not metrics: the accounts in ClickHouse.
ACCOUNTS = re.compile(r"\bbataudit_(admin|console|keeper|reader|writer)\b")


def rules():
    """All rules of all files, with the file's name."""
    for file in sorted((ROOT / "deploy/prometheus/rules").glob("*.yml")):
        for group in yaml.safe_load(file.read_text())["groups"]:
            for rule in group["rules"]:
                yield file.name, rule


def documented():
    """Names of the metrics in docs/METRICS.md, and which of them are histograms."""
    text = (ROOT / "docs/METRICS.md").read_text()
    return dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.MULTILINE))


def unknown_names(text, metrics, recorded):
    """Names in an expression that nothing exports or records."""
    for name in sorted(set(NAME.findall(text))):
        base = HISTOGRAM.sub("", name)
        if name in recorded or name in metrics and metrics[name] != "histogram":
            continue
        if metrics.get(base) != "histogram" or base == name:
            yield name


def dashboards():
    """All dashboards, with the file's name."""
    for file in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
        yield file.name, json.loads(file.read_text())


def queries(dashboard, field):
    """What the panels of a dashboard ask: `expr` of Prometheus, `rawSql` of ClickHouse."""
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            if field in target:
                yield panel["title"], target[field]


def dashboard_problems(metrics, recorded):
    granted = set(re.findall(r"GRANT SELECT ON (?:bataudit\.)?([\w.]+)<", GRAFANA.read_text()))
    read = set()
    for file, dashboard in dashboards():
        for title, expression in queries(dashboard, "expr"):
            for name in unknown_names(expression, metrics, recorded):
                yield f"deploy/grafana/dashboards/{file}: {title}: nothing exports {name}"
        for _, statement in queries(dashboard, "rawSql"):
            read.update(re.findall(r"FROM ([\w.]+)", statement))
    for table in sorted(read ^ granted):
        yield f"{table}: must be both in a dashboard and among the grants of {GRAFANA.relative_to(ROOT)}"


def alert_problems(file, alert, tested):
    name, notes = alert["alert"], alert.get("annotations", {})
    where = f"deploy/prometheus/rules/{file}: {name}"
    severity = alert.get("labels", {}).get("severity")
    if severity not in SEVERITIES:
        yield f"{where}: its severity is none of {sorted(SEVERITIES)}"
    if not notes.get("summary") or not notes.get("description"):
        yield f"{where}: needs a summary and a description"
    if notes.get("runbook_url") != f"{BASE}{name}.md":
        yield f"{where}: runbook_url must be {BASE}{name}.md"
    if f'alertname="{name}", severity="{severity}"' not in tested:
        yield f"{where}: no test in deploy/prometheus/tests sees it fire as {severity}"


def page_problems(alerts):
    pages = {page.stem: page.read_text() for page in RUNBOOKS.glob("*.md")}
    index = pages.pop("README")
    for name in sorted(alerts - set(pages)):
        yield f"docs/runbooks/{name}.md is missing"
    for name in sorted(set(pages) - alerts):
        yield f"docs/runbooks/{name}.md: there is no such alert"
    for name, text in sorted(pages.items()):
        if f"[{name}]({name}.md)" not in index:
            yield f"docs/runbooks/README.md: does not list {name}"
        if not text.startswith(f"# {name}\n"):
            yield f"docs/runbooks/{name}.md: its heading is not the alert's name"
        if [line for line in text.splitlines() if line.startswith("## ")] != SECTIONS:
            yield f"docs/runbooks/{name}.md: its sections must be {', '.join(SECTIONS)}"
        for other in re.findall(r"\]\((\w+)\.md\)", text):
            if other not in pages:
                yield f"docs/runbooks/{name}.md: links to {other}, which does not exist"


def main():
    all_rules = list(rules())
    recorded = {rule["record"] for _, rule in all_rules if "record" in rule}
    metrics = documented()
    tested = "\n".join(test.read_text() for test in (ROOT / "deploy/prometheus/tests").glob("*.yml"))
    problems = []
    for file, rule in all_rules:
        if "alert" in rule:
            problems += alert_problems(file, rule, tested)
        what = rule.get("alert") or rule["record"]
        for name in unknown_names(rule["expr"], metrics, recorded):
            problems.append(f"{file}: {what}: nothing exports {name}")
    problems += page_problems({rule["alert"] for _, rule in all_rules if "alert" in rule})
    for page in RUNBOOKS.glob("*.md"):
        for name in unknown_names(ACCOUNTS.sub("", page.read_text()), metrics, recorded | set(metrics)):
            problems.append(f"{page.relative_to(ROOT)}: nothing exports {name}")
    problems += dashboard_problems(metrics, recorded)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
