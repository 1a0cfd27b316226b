"""Writes deploy/grafana/dashboards/*.json, which Grafana reads: panels.py says what they show, their JSON would hide it.

    python3 deploy/grafana/generate.py            writes them
    python3 deploy/grafana/generate.py --check    exit 1 when one is not what this would write

Only the standard library. tests/tests/metrics.rs executes every query against the real services.
"""

import json
import sys
from pathlib import Path

from parts import SOURCES, WIDTH
from services import INGEST, OVERVIEW, PROCESSOR
from store import PROJECT, PROJECTS, STORE

FOLDER = Path(__file__).parent / "dashboards"


def placed(panels):
    """Panels from left to right, a new line where one does not fit."""
    x = y = height = 0
    for number, one in enumerate(panels, 1):
        place = one["gridPos"]
        if x + place["w"] > WIDTH:
            x, y, height = 0, y + height, 0
        place.update(x=x, y=y)
        x, height = x + place["w"], max(height, place["h"])
        yield {"id": number, **one}


def source_variable(name, kind, uid):
    return {"name": name, "type": "datasource", "query": kind, "current": {"text": uid, "value": uid}, "hide": 2}


def variables(uses_clickhouse, project):
    yield source_variable("prometheus", "prometheus", "bataudit-prometheus")
    if uses_clickhouse:
        yield source_variable("clickhouse", "grafana-clickhouse-datasource", "bataudit-clickhouse")
    if project:
        yield {
            "name": "project",
            "label": "Project",
            "type": "query",
            "datasource": SOURCES["clickhouse"],
            "query": {"rawSql": PROJECTS, "format": 1, "editorType": "sql", "queryType": "table"},
            "refresh": 1,
            "multi": True,
            "includeAll": True,
        }
    else:
        yield {
            "name": "namespace",
            "label": "Namespace",
            "type": "query",
            "datasource": SOURCES["prometheus"],
            "query": {"query": "label_values(bataudit_build_info, namespace)", "refId": "namespace"},
            "refresh": 2,
            "includeAll": True,
            "allValue": ".*",
            "current": {"text": "All", "value": "$__all"},
        }


def dashboard(uid, title, panels, project=False, span="6h"):
    uses_clickhouse = any(one["datasource"] == SOURCES["clickhouse"] for one in panels)
    return {
        "uid": uid,
        "title": f"BatAudit / {title}",
        "tags": ["bataudit"],
        "schemaVersion": 39,
        "editable": False,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": f"now-{span}", "to": "now"},
        "links": [
            {
                "type": "dashboards",
                "title": "BatAudit",
                "tags": ["bataudit"],
                "asDropdown": True,
                "includeVars": True,
                "keepTime": True,
            }
        ],
        "templating": {"list": list(variables(uses_clickhouse, project))},
        "panels": list(placed(panels)),
    }


DASHBOARDS = {
    "overview": dashboard("bataudit-overview", "Overview", OVERVIEW),
    "ingest": dashboard("bataudit-ingest", "Ingest", INGEST),
    "processor": dashboard("bataudit-processor", "Processor", PROCESSOR),
    "clickhouse": dashboard("bataudit-clickhouse", "ClickHouse", STORE, span="24h"),
    "project": dashboard("bataudit-project", "Project", PROJECT, project=True, span="24h"),
}


def main():
    texts = {FOLDER / f"{name}.json": json.dumps(made, indent=1) + "\n" for name, made in DASHBOARDS.items()}
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
        stale += [path for path in FOLDER.glob("*.json") if path not in texts]
        for path in stale:
            print(f"{path}: run python3 deploy/grafana/generate.py", file=sys.stderr)
        return 1 if stale else 0
    for path, text in texts.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
