"""Checks the chart against a real API server: check_cluster.py HELM KUBECTL

In: the programs, and KUBECONFIG of a server that nobody else uses. Out: one line per problem, and exit 1 when there is one.
Nothing runs the objects: what controllers and nodes would do is done here by hand where Helm waits for it.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

import verdict

HERE = Path(__file__).resolve().parent
CHART = HERE / "bataudit"
EXAMPLES = sorted((HERE / "examples").glob("*.yaml"))
NAMESPACE = "bataudit"
# What helm/examples/everything.yaml takes from the cluster.
PRIORITY = "important"
# How long a command may take, Helm's own waiting included.
PATIENCE = 200
DONE = {
    "status": {
        "startTime": "2026-01-01T00:00:00Z",
        "completionTime": "2026-01-01T00:00:01Z",
        "succeeded": 1,
        "uncountedTerminatedPods": {},
        "conditions": [
            {"type": kind, "status": "True", "lastTransitionTime": "2026-01-01T00:00:01Z"}
            for kind in ("SuccessCriteriaMet", "Complete")
        ],
    }
}


class Cluster:
    """The API server, by its command-line programs."""

    def __init__(self, helm, kubectl):
        self.programs = {"helm": helm, "kubectl": kubectl}

    def run(self, program, *arguments, text=None):
        """Exit code, output, and what was said on standard error."""
        command = [self.programs[program], *map(str, arguments), "--namespace", NAMESPACE]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def must(self, program, *arguments, text=None):
        """The output of what cannot fail unless this check is wrong, or the server is gone."""
        code, out, err = self.run(program, *arguments, text=text)
        if code:
            sys.exit(f"cluster: {program} {' '.join(map(str, arguments))}: {err or out}")
        return out

    def apply(self, objects):
        """What the server would say to these objects: problems, warnings among them."""
        code, _, err = self.run("kubectl", "apply", "--dry-run=server", "--filename", "-", text=yaml.safe_dump_all(objects))
        return [line for line in err.splitlines() if code or line.startswith("Warning")]

    def secrets(self):
        """The Secrets of BatAudit: content and version."""
        items = json.loads(self.must("kubectl", "get", "secrets", "--output", "json"))["items"]
        return {
            one["metadata"]["name"]: (one["metadata"]["resourceVersion"], one["data"])
            for one in items
            if one["type"] == "Opaque"
        }

    def names(self, kind):
        return set(self.must("kubectl", "get", kind, "--output", "name").split())


def structural(schema):
    """A JSON schema in the form in which a CustomResourceDefinition has it."""
    if isinstance(schema, list):
        return [structural(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("type"), list):
        return {"x-kubernetes-int-or-string": True}
    found = {}
    for key, value in schema.items():
        if key == "$comment" or (key == "additionalProperties" and value is False):
            # The server prunes what is not listed, and refuses it when it validates strictly.
            continue
        if key == "properties":
            found[key] = {name: structural(item) for name, item in value.items()}
        elif key == "const":
            found |= {"type": "string", "enum": [value]}
        else:
            found[key] = structural(value)
    if "enum" in found:
        found["type"] = "string"
    return found


def definition(file):
    """The CustomResourceDefinition of a kind that an operator brings, from the part of its schema that we use."""
    schema = json.loads(file.read_text())
    kind, (group, version) = file.stem, schema["properties"]["apiVersion"]["const"].split("/")
    properties = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": structural(schema["properties"]["spec"]),
    }
    plural = f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": properties}},
                }
            ],
        },
    }


def prepare(cluster):
    """The kinds of the operators, and a namespace that warns of every pod that is not restricted."""
    definitions = [definition(file) for file in sorted((HERE / "schemas").glob("*.json"))]
    cluster.must("kubectl", "apply", "--filename", "-", text=yaml.safe_dump_all(definitions))
    for one in definitions:
        cluster.must("kubectl", "wait", "--for=condition=Established", f"crd/{one['metadata']['name']}", "--timeout=60s")
    priority = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": PRIORITY}, "value": 1000}
    cluster.must("kubectl", "apply", "--filename", "-", text=yaml.safe_dump(priority))
    modes = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": modes}}
    cluster.must("kubectl", "apply", "--filename", "-", text=yaml.safe_dump(namespace))


def render(cluster, example, *arguments):
    out = cluster.must("helm", "template", "bataudit", CHART, "--values", example, *arguments)
    return [document for document in yaml.safe_load_all(out) if document]


def example_problems(cluster, example):
    """The server takes every object as it is, at an install and at an upgrade."""
    for moment in ([], ["--is-upgrade"]):
        for problem in cluster.apply(render(cluster, example, *moment)):
            yield f"{example.name}: {problem}"
    code, _, err = cluster.run("helm", "install", "bataudit", CHART, "--values", example, "--dry-run=server")
    if code:
        yield f"{example.name}: helm install --dry-run=server: {err}"


def sensitivity_problems(cluster):
    """Whether the server refuses what must be refused; else its consent would mean nothing."""
    everything = HERE / "examples/everything.yaml"

    def changed(kind, change):
        document = next(one for one in render(cluster, everything) if one["kind"] == kind)
        change(document["spec"])
        return cluster.apply([document])

    attempts = {
        "an unknown field": changed("Deployment", lambda spec: spec.update(replica=1)),
        "a wrong type": changed("NetworkPolicy", lambda spec: spec.update(policyTypes="Ingress")),
        "a pod as root": changed("Deployment", lambda spec: spec["template"]["spec"]["securityContext"].update(runAsUser=0)),
        "an unknown field of KEDA": changed("ScaledObject", lambda spec: spec.update(minReplicas=1)),
        "a rule without an expression": changed_rule(cluster),
    }
    yield from (f"the server says nothing to {what}" for what, said in attempts.items() if not said)


def changed_rule(cluster):
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "rule"},
        "spec": {"groups": [{"name": "group", "rules": [{"alert": "Nothing"}]}]},
    }
    return cluster.apply([rule])


def complete(cluster, job):
    """Plays the controller: waits for the job, notes what else is there, and says that it has succeeded."""
    cluster.must("kubectl", "wait", "--for=create", f"job/{job}", "--timeout=90s")
    seen = {"deployments": cluster.names("deployments"), "secrets": set(cluster.secrets())}
    cluster.must("kubectl", "patch", "job", job, "--subresource=status", "--type=merge", "--patch", json.dumps(DONE))
    return seen


def with_migration(cluster, *arguments):
    """Runs Helm while somebody carries out the migrate step; what stood when it ran, and what Helm said when it failed."""
    # A hook stays when its release goes; what is waited for is the next one.
    cluster.must("kubectl", "delete", "job", "bataudit-migrate", "--ignore-not-found")
    with ThreadPoolExecutor() as side:
        seen = side.submit(complete, cluster, "bataudit-migrate")
        code, out, err = cluster.run("helm", *arguments, "--timeout", "120s")
        return seen.result(), (err or out) if code else ""


def trial_problems(cluster):
    """Secrets are generated once: no upgrade, uninstall or new install changes them."""
    cluster.must("helm", "install", "bataudit", CHART)
    generated = cluster.secrets()
    wanted = {f"bataudit-{name}" for name in ("session", "sealing", "owner", "clickhouse", "postgresql")}
    if set(generated) != wanted:
        yield f"an install generates the Secrets {sorted(generated)}"
    seen, error = with_migration(cluster, "upgrade", "bataudit", CHART, "--set", "ingest.replicas=3")
    if error:
        yield f"helm upgrade: {error}"
    if not seen["deployments"]:
        yield "there was nothing to upgrade"
    cluster.must("helm", "uninstall", "bataudit")
    cluster.must("helm", "install", "bataudit", CHART)
    if cluster.secrets() != generated:
        yield "the generated Secrets have changed"
    cluster.must("kubectl", "patch", "secret", "bataudit-owner", "--type=json", "--patch", '[{"op":"remove","path":"/data/password"}]')
    code, _, err = cluster.run("helm", "upgrade", "bataudit", CHART)
    if code == 0 or "bataudit-owner lacks the key password" not in err:
        yield f"a Secret without its key is not told of: {err}"
    cluster.must("helm", "uninstall", "bataudit")
    cluster.must("kubectl", "delete", "secrets", "--all")


def production_problems(cluster):
    """With external stores the migrate step has run before any service is there, and has the Secrets it needs."""
    values = ("--values", HERE / "examples/external.yaml", "--set", "secrets.generate=true", "--set", "secrets.owner.existingSecret=")
    seen, error = with_migration(cluster, "install", "bataudit", CHART, *values)
    if error:
        yield f"helm install: {error}"
    if seen["deployments"]:
        yield f"before the migrate step there were {sorted(seen['deployments'])}"
    if "bataudit-owner" not in seen["secrets"]:
        yield "before the migrate step there was no password of the owner"
    if len(cluster.names("deployments")) != 3:
        yield f"after the install there are {sorted(cluster.names('deployments'))}"
    cluster.must("helm", "uninstall", "bataudit")


def main():
    cluster = Cluster(*sys.argv[1:3])
    prepare(cluster)
    problems = [problem for example in EXAMPLES for problem in example_problems(cluster, example)]
    for check in (sensitivity_problems, trial_problems, production_problems):
        problems += check(cluster)
    fine = f"the API server takes all {len(EXAMPLES)} examples; installs, upgrades and Secrets are as they should be"
    return verdict.exit_code("cluster", problems, fine)


if __name__ == "__main__":
    sys.exit(main())
