"""What every manifest of the chart is held to: the schemas of Kubernetes, and our own rules for pods.

In: parsed manifests. Out: problems as text, each with the object it is about.
"""

import functools
import importlib.resources
import json
import re
from pathlib import Path

import referencing
from jsonschema import Draft202012Validator

# The version whose schemas are taken.
KUBERNETES = "1.36"
SCHEMAS = Path(__file__).resolve().parent / "schemas"
WORKLOADS = {"Deployment", "StatefulSet", "Job", "Pod"}
# Seconds of a service's own deadlines, by the variables that set them; without any it has eight.
DEADLINES = {
    "ingest": ("BATAUDIT_INGEST_DRAIN_DELAY_MS", "BATAUDIT_INGEST_DRAIN_MS"),
    "processor": ("BATAUDIT_PROCESSOR_DRAIN_TIMEOUT_MS",),
}
OURS = {"ingest", "processor", "query-api", "sentinel", "migrate"}


def of_kind(documents, *kinds):
    return [document for document in documents if document["kind"] in kinds]


def label(document):
    return f"{document['kind']}/{document['metadata']['name']}"


def pods(documents):
    """Each workload with its pod: metadata and spec."""
    for document in of_kind(documents, *WORKLOADS):
        yield document, document if document["kind"] == "Pod" else document["spec"]["template"]


def containers(documents):
    for document, pod in pods(documents):
        for container in pod["spec"].get("initContainers", []) + pod["spec"]["containers"]:
            yield label(document), container


def services(documents):
    """Our services by name, with their pods."""
    for document, pod in pods(documents):
        if document["kind"] in {"Deployment", "StatefulSet"} and component(pod) in OURS:
            yield document["metadata"]["name"], pod


def component(pod):
    return pod["metadata"]["labels"]["app.kubernetes.io/component"]


@functools.cache
def kubernetes_schemas():
    """The folder of the schemas that allow no unknown field, and what they have in common."""
    versions = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    (folder,) = [one for one in versions.iterdir() if re.fullmatch(rf"v{re.escape(KUBERNETES)}\.\d+-local-strict", one.name)]
    common = referencing.Resource.from_contents(json.loads((folder / "_definitions.json").read_text()))
    return folder, referencing.Registry().with_resource(common.id(), common)


@functools.cache
def validator(kind, api_version):
    """What judges one kind: the schema of Kubernetes, or for what an operator brings, the part of its that we use."""
    own = SCHEMAS / f"{kind}.json"
    if own.exists():
        return Draft202012Validator(json.loads(own.read_text()))
    folder, registry = kubernetes_schemas()
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    return Draft202012Validator(json.loads((folder / f"{kind.lower()}-{group}.json").read_text()), registry=registry)


def schema_problems(documents):
    """Every object is one that the API server would take, as far as schemas say."""
    for document in documents:
        for error in validator(document["kind"], document["apiVersion"]).iter_errors(document):
            yield f"{label(document)}: {'.'.join(map(str, error.path))}: {error.message}"
        if not {"app.kubernetes.io/part-of", "app.kubernetes.io/version", "helm.sh/chart"} <= document["metadata"]["labels"].keys():
            # The test pod has those of a pod.
            if document["kind"] != "Pod":
                yield f"{label(document)}: lacks the common labels"
    names = [label(document) for document in documents]
    yield from (f"{name} is there twice" for name in sorted(set(names)) if names.count(name) > 1)


def environment(documents, container):
    """The variables of a container: its own and those of its ConfigMaps."""
    maps = {document["metadata"]["name"]: document["data"] for document in of_kind(documents, "ConfigMap")}
    found = {}
    for source in container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]]
    return found | {entry["name"]: entry.get("value") for entry in container.get("env", [])}


def rule_problems(documents, known):
    """Our own rules for pods. `known` are the variables of .env.example."""
    for document, pod in pods(documents):
        where = label(document)
        for container in pod["spec"]["containers"]:
            yield from (f"{where}: {problem}" for problem in confinement_problems(pod["spec"], container))
            yield from (f"{where}: {problem}" for problem in mount_problems(pod["spec"], container))
            if component(pod) in OURS:
                variables = environment(documents, container)
                yield from (f"{where}: {name} is not in .env.example, so nothing reads it" for name in sorted(variables.keys() - known))
                if document["kind"] in {"Deployment", "StatefulSet"}:
                    yield from (f"{where}: {problem}" for problem in service_problems(pod, container, variables))
    yield from selector_problems(documents)
    yield from secret_problems(documents)


def confinement_problems(spec, container):
    """No container may do what it need not."""
    confined, pod = container.get("securityContext", {}), spec.get("securityContext", {})
    wanted = {
        "runs as root": pod.get("runAsNonRoot") is True and pod.get("runAsUser", 0) > 0,
        "has no seccomp profile": pod.get("seccompProfile", {}).get("type") == "RuntimeDefault",
        "can gain privileges": confined.get("allowPrivilegeEscalation") is False,
        "writes to its root file system": confined.get("readOnlyRootFilesystem") is True,
        "has capabilities": confined.get("capabilities", {}).get("drop") == ["ALL"],
        "has the token of its service account": spec.get("automountServiceAccountToken") is False,
        "gets the variables of other services": spec.get("enableServiceLinks") is False,
        "requests no CPU or memory": {"cpu", "memory"} <= container.get("resources", {}).get("requests", {}).keys(),
        "has no limit of memory": "memory" in container.get("resources", {}).get("limits", {}),
        "has no pinned image": bool(re.search(r":v?\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$", container["image"])),
    }
    return [problem for problem, holds in wanted.items() if not holds]


def mount_problems(spec, container):
    """Volumes and mounts are pairs, and files that variables name are mounted."""
    mounted = {mount["name"]: mount["mountPath"] for mount in container.get("volumeMounts", [])}
    volumes = {volume["name"] for volume in spec.get("volumes", [])} | {"data"}
    yield from (f"mounts {name}, which is no volume" for name in mounted.keys() - volumes)
    yield from (f"has the volume {name}, which is not mounted" for name in volumes - mounted.keys() - {"data"})


def service_problems(pod, container, variables):
    """A service can be probed, has time to stop, and finds the files it is told of."""
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    admin = [value for name, value in variables.items() if name.endswith("_ADMIN_ADDRESS")]
    if [int(address.rsplit(":", 1)[1]) for address in admin] != [ports["admin"]]:
        yield f"its admin port is {ports['admin']}, and it listens at {admin}"
    for probe, path in {"readinessProbe": "/ready", "livenessProbe": "/live"}.items():
        if container.get(probe, {}).get("httpGet") != {"path": path, "port": "admin"}:
            yield f"its {probe} is not {path} of the admin port"
    milliseconds = sum(int(variables[name]) for name in DEADLINES.get(component(pod), ())) or 8000
    stop = container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["", "0"])
    if pod["spec"]["terminationGracePeriodSeconds"] < milliseconds / 1000 + int(stop[1]) + 5:
        yield "it is killed before its own deadlines are over"
    mounted = tuple(mount["mountPath"] + "/" for mount in container["volumeMounts"])
    for name, value in variables.items():
        if (name.endswith("_FILE") or name.endswith("_MASK_RULES")) and not value.startswith(mounted):
            yield f"{name} names {value}, which is not mounted"


def selector_problems(documents):
    """Every Service, disruption budget and network policy finds a pod; no Service finds those of two parts."""
    labels = [pod["metadata"]["labels"] for _, pod in pods(documents)]
    for document in of_kind(documents, "Service", "PodDisruptionBudget", "NetworkPolicy"):
        spec = document["spec"]
        wanted = spec.get("podSelector", spec.get("selector"))
        wanted = wanted.get("matchLabels", wanted)
        found = {one["app.kubernetes.io/component"] for one in labels if wanted.items() <= one.items()}
        if len(found) != 1:
            yield f"{label(document)}: it selects the pods of {sorted(found)}"


def secret_problems(documents):
    """Nothing that is no Secret holds a secret."""
    for document in documents:
        if document["kind"] == "Secret":
            continue
        text = json.dumps(document)
        for value in re.findall(r'"(?:name|[A-Z_]*(?:PASSWORD|SECRET)[A-Z_]*)": "([^"]*)", "value": "([^"]*)"', text):
            if re.search(r"PASSWORD|SECRET|TOKEN", value[0]):
                yield f"{label(document)}: {value[0]} is readable"
        if re.search(r"://[^/\s\"]+:[^@/\s\"]+@", text):
            yield f"{label(document)}: an address with a password is readable"
        for name in document.get("data", {}) if document["kind"] == "ConfigMap" else ():
            if re.search(r"PASSWORD|JWT|_SECRET", name):
                yield f"{label(document)}: {name} is readable"
