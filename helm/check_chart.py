"""Checks the chart without a cluster: check_chart.py HELM [--write]

In: the chart, the examples beside it, and what of the repository they must agree with. Out: one line per problem, and exit
1 when there is one. --write writes what is derived: the golden files, and the names of settings in the schema.
"""

import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

import manifests
import verdict

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CHART = HERE / "bataudit"
SCHEMA = CHART / "values.schema.json"
RULES = ROOT / "deploy/prometheus/rules"
USERS = ROOT / "deploy/docker/clickhouse/users.xml"
EXAMPLES = sorted((HERE / "examples").glob("*.yaml"))
# Headings of .env.example, by the part of the chart whose settings may name their variables.
SETTINGS = {
    "shared": ("Every process", "Kafka", "ClickHouse", "Control store", "E-mail"),
    "ingest": ("ingest",),
    "processor": ("processor",),
    "query-api": ("query-api",),
    "sentinel": ("sentinel",),
}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN")


class Helm:
    """The program, always on our chart."""

    def __init__(self, program):
        self.program = program

    def run(self, *arguments):
        """Exit code and output, both streams."""
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def render(self, *arguments):
        """The manifests under these arguments, or the error instead of them."""
        code, out, err = self.run("template", "bataudit", CHART, "--namespace", "bataudit", *arguments)
        return (out, None) if code == 0 else ("", err.strip())


def variables():
    """The names in .env.example by their heading."""
    found, heading = {}, None
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line.startswith("### "):
            heading = line[4:]
        elif name := re.match(r"#?([A-Z][A-Z0-9_]*)=", line):
            found.setdefault(heading, []).append(name[1])
    return found


def settings_of(part):
    """What the settings of a part may name: no secret, and nothing that the chart sets from a value of its own."""
    templates = "".join(file.read_text() for file in sorted((CHART / "templates").rglob("*")) if file.is_file())
    owned = set(re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", templates))
    names = [name for heading in SETTINGS[part] for name in variables()[heading]]
    # Owners are made by the migrate step; files are mounted by the chart.
    return [
        name
        for name in names
        if name not in owned and not SECRET.search(name) and not name.startswith("INITIAL_") and not name.endswith("_FILE")
    ]


def compact(value, depth=0):
    """JSON with what fits on one line on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + 2 * depth <= 118 or not isinstance(value, (dict, list)) or not value:
        return line
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        items = (f"{json.dumps(key)}: {compact(item, depth + 1)}" for key, item in value.items())
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{outer}}}"
    return "[\n" + ",\n".join(inner + compact(item, depth + 1) for item in value) + f"\n{outer}]"


def schema_as_it_should_be():
    """The schema with the names of settings as .env.example has them."""
    schema = json.loads(SCHEMA.read_text())
    for part in SETTINGS:
        schema["definitions"][f"settings.{part}"]["propertyNames"]["enum"] = settings_of(part)
    return compact(schema) + "\n"


def version_problems():
    """Chart and images have the version of the workspace."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    version = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
    for key in ("version", "appVersion"):
        if str(chart[key]) != version:
            yield f"Chart.yaml: {key} is {chart[key]}, and the workspace has {version}"


def image_problems(documents):
    """Every image of ours is a target of the Dockerfile."""
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text()
    for where, container in manifests.containers(documents):
        if ours := re.search(r"(?:^|/)bataudit-([a-z-]+)[:@]", container["image"]):
            if f" AS {ours[1]}\n" not in dockerfile:
                yield f"{where}: the Dockerfile has no target {ours[1]}"


def file_problems(documents, values):
    """What the chart takes from elsewhere in the repository arrives unchanged."""
    for document in manifests.of_kind(documents, "ConfigMap"):
        users = document["data"].get("users.xml")
        if users is not None and users.strip() != USERS.read_text().strip():
            yield "the accounts of the bundled ClickHouse are not those of deploy/docker/clickhouse/users.xml"
    if values.get("monitoring", {}).get("prometheusRule", {}).get("enabled"):
        wanted = [yaml.safe_load(file.read_text()) for file in sorted(RULES.glob("*.yml"))]
        rules = sorted(manifests.of_kind(documents, "PrometheusRule"), key=lambda rule: rule["metadata"]["name"])
        if not wanted or [rule["spec"] for rule in rules] != wanted:
            yield "the PrometheusRules are not the files of deploy/prometheus/rules"


def golden_text(rendered):
    """What a reviewer is to see of the manifests: without what is random, derived, everywhere, or another file's text."""
    text = re.sub(r"(checksum/[a-z-]+: )[0-9a-f]{64}", r"\1(checksum)", rendered)
    text = re.sub(r"^ *(app\.kubernetes\.io/(part-of|version|managed-by)|helm\.sh/chart): .*\n", "", text, flags=re.MULTILINE)
    kept = []
    for document in re.split(r"^---\n", text, flags=re.MULTILINE):
        parsed = yaml.safe_load(document) or {}
        if parsed.get("kind") == "PrometheusRule":
            continue
        if parsed.get("kind") == "Secret":
            document = re.sub(r'^(  \S+: )"[^"]+"$', r'\1"(generated)"', document, flags=re.MULTILINE)
        # Up to the next entry of the map.
        document = re.sub(r"^(  users\.xml: \|\n).*?(?=^  \S|^\S)", r"\1    (users.xml)\n", document, flags=re.MULTILINE | re.DOTALL)
        if document.strip():
            kept.append(re.sub(r"\n\s*\n", "\n", document.strip() + "\n"))
    return "---\n" + "---\n".join(kept)


def golden_problems(example, rendered, write):
    """The manifests are those that a person has looked at."""
    golden, text = HERE / "golden" / example.name, golden_text(rendered)
    if write:
        golden.write_text(text)
    old = golden.read_text() if golden.exists() else ""
    if old != text:
        difference = difflib.unified_diff(old.splitlines(), text.splitlines(), str(golden), "rendered", lineterm="", n=2)
        yield "the manifests have changed; look at it, then: make chart\n" + "\n".join(difference)


def example_problems(helm, example, known, write):
    """All that is asked of one example."""
    code, out, err = helm.run("lint", "--strict", CHART, "--values", example)
    if code:
        yield f"helm lint: {out}{err}"
    rendered, error = helm.render("--values", example)
    if error:
        yield f"helm template: {error}"
        return
    # By the base loader a text stays a text; what Kubernetes would refuse is seen by its schemas.
    documents = [document for document in yaml.safe_load_all(rendered) if document]
    yield from manifests.schema_problems(documents)
    yield from manifests.rule_problems(documents, known)
    yield from image_problems(documents)
    yield from file_problems(documents, yaml.safe_load(example.read_text()))
    yield from golden_problems(example, rendered, write)


def refusal_problems(helm):
    """What must be refused is, with words that say what to do."""
    for case in yaml.safe_load((HERE / "refused.yaml").read_text()):
        arguments = [part for value in case["set"] for part in ("--set-json", value)]
        _, error = helm.render(*arguments)
        if error is None:
            yield f"was not refused: {case['set']}"
        else:
            yield from (f"refused, but without the words {words!r}: {error}" for words in case["says"] if words not in error)


def change_problems(helm):
    """A changed setting starts the pods anew that read it, and no others."""
    def checksums(*arguments):
        documents = [document for document in yaml.safe_load_all(helm.render(*arguments)[0]) if document]
        return {name: pod["metadata"]["annotations"]["checksum/config"] for name, pod in manifests.services(documents)}

    before = checksums()
    after = checksums("--set-json", 'ingest.settings={"BATAUDIT_INGEST_MAX_BODY_BYTES":1000000}')
    changed = {name for name in before if before[name] != after[name]}
    if changed != {"bataudit-ingest"}:
        yield f"a setting of ingest changes the checksums of {sorted(changed)}"
    if not before:
        yield "there is no pod with a checksum of its settings"


def main():
    write = "--write" in sys.argv
    helm = Helm(sys.argv[1])
    wanted = schema_as_it_should_be()
    if write:
        SCHEMA.write_text(wanted)
    problems = [f"Chart: {problem}" for problem in version_problems()]
    if SCHEMA.read_text() != wanted:
        problems.append("values.schema.json: its settings are not those of .env.example: make chart")
    known = {name for names in variables().values() for name in names}
    for example in EXAMPLES:
        problems += [f"{example.name}: {problem}" for problem in example_problems(helm, example, known, write)]
    problems += refusal_problems(helm)
    problems += change_problems(helm)
    return verdict.exit_code("helm", problems, f"{len(EXAMPLES)} examples render as they should")


if __name__ == "__main__":
    sys.exit(main())
