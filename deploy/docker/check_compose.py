"""Checks docker-compose.yml, alone and under each file that is laid over it, without a container engine.

In: the files, and what they name. Out: one line per problem, and exit 1 when there is one. Beside the compose schema it
holds them to our own rules: pinned images, health checks, memory limits, time to stop, infrastructure on loopback only, no
secret with a default, and no variable that the code or the example file does not know.
"""

import re
import sys
from pathlib import Path

import yaml
from compose_spec import ComposeSpecification
from pydantic import ValidationError

ROOT = Path(__file__).resolve().parents[2]
BASE = "docker-compose.yml"
OVERLAYS = ["deploy/docker/compose.small.yml", "deploy/docker/compose.cluster.yml"]
# What the small one's limits may add up to, in MiB: a machine of 4 GB needs the rest itself.
SMALL_MEMORY = 3600
OURS = {"migrate", "ingest", "processor", "sentinel", "query-api"}
ONE_SHOT = {"migrate"}
# What a service takes to stop, in milliseconds, by the variables that say so; without any it has eight seconds.
DEADLINES = {
    "ingest": ("BATAUDIT_INGEST_DRAIN_DELAY_MS", "BATAUDIT_INGEST_DRAIN_MS"),
    "processor": ("BATAUDIT_PROCESSOR_DRAIN_TIMEOUT_MS",),
}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN")
# Of parts that an installation need not have, and of what is only there while it is being changed.
OPTIONAL_SECRET = re.compile(r"^BATAUDIT_SMTP_PASSWORD$|^BATAUDIT_OIDC_CLIENT_SECRET$|_PREVIOUS$")
PINNED = re.compile(r":v?\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$")


def schema_problems(document):
    """What the compose specification does not know or allow."""
    ours = {key: value for key, value in document.items() if not key.startswith("x-")}
    try:
        ComposeSpecification.model_validate(ours, extra="forbid")
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            yield f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"


def example(path):
    """The variables an example file sets, or shows in a comment, with their values."""
    file = ROOT / path
    if not file.exists():
        sys.exit(f"{path}, which explains the variables of {BASE}, is missing")
    return dict(re.findall(r"^#?\s*([A-Z][A-Z0-9_]*)=(.*)", file.read_text(), re.MULTILINE))


def variable_problems(document, text):
    """Variables that nobody reads, and those that nobody tells the operator about."""
    asked = set(re.findall(r"\$\{(\w+)", text))
    for variable in sorted(asked ^ example("deploy/docker/compose.env.example").keys()):
        yield f"{variable}: must be both in this file and in deploy/docker/compose.env.example"
    # .env.example is tested against the variables that the code reads.
    known = example(".env.example")
    for name, service in document["services"].items():
        for variable in service.get("environment", {}):
            if name in OURS and variable not in known:
                yield f"{name}: {variable} is not in .env.example, so nothing reads it"


def service_problems(name, service, dockerfile):
    """What one service lacks of our rules."""
    if not PINNED.search(service.get("image", "")):
        yield f"{name}: its image has no pinned version"
    if "build" in service:
        target = service["build"]["target"]
        stage = dockerfile.partition(f" AS {target}\n")[2].partition("\nFROM ")[0]
        if "ENTRYPOINT" not in stage:
            yield f"{name}: the Dockerfile has no stage {target} with an ENTRYPOINT"
        elif name not in ONE_SHOT and "HEALTHCHECK --" not in stage:
            yield f"{name}: the stage {target} of the Dockerfile has no HEALTHCHECK"
    elif "healthcheck" not in service:
        yield f"{name}: no healthcheck"
    for port in service.get("ports", []):
        if name not in OURS and not port.startswith("127.0.0.1:"):
            yield f"{name}: port {port} is open to the network"
    for variable, value in service.get("environment", {}).items():
        # An optional one may be empty; a default it must not have either.
        wanted = r"\$\{\w+:-\}" if OPTIONAL_SECRET.search(variable) else r"\$\{\w+:\?.+\}"
        if SECRET.search(variable) and not re.fullmatch(wanted, str(value)):
            yield f"{name}: {variable} must be required from outside, as ${{NAME:?what to do}}"
    if "mem_limit" not in service:
        yield f"{name}: no mem_limit"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./") and not (ROOT / source).exists():
            yield f"{name}: mounts {source}, which does not exist"


def stop_problems(name, service):
    """Whether a service of ours is left the time that it takes to stop, and ingest lets its clients go."""
    environment, defaults = service.get("environment", {}), example(".env.example")
    takes = [int(environment.get(variable, defaults[variable])) for variable in DEADLINES.get(name, ())] or [8000]
    grace = service.get("stop_grace_period", "10s")
    if int(grace.removesuffix("s")) * 1000 <= sum(takes):
        yield f"{name}: stop_grace_period is {grace}, and a stop takes {sum(takes)} ms"
    if 0 in takes:
        yield f"{name}: a stop cuts clients that keep their connections: set {DEADLINES[name][takes.index(0)]}"


def merged(base, over):
    """What compose makes of two files: mappings are joined, lists of places and doors lengthened, the rest replaced."""
    if isinstance(base, dict) and isinstance(over, dict):
        both = {key: merged(base[key], over[key]) for key in base.keys() & over.keys()}
        return {**base, **over, **both}
    if isinstance(base, list) and isinstance(over, list) and all(":" in str(item) for item in base + over):
        return base + over
    return over


def dependency_problems(document):
    """Parts that are waited for, or stored in, and are not there."""
    services, volumes = document["services"], document.get("volumes", {})
    for name, service in services.items():
        for other in service.get("depends_on", {}):
            if other not in services:
                yield f"{name}: depends on {other}, which does not exist"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if not source.startswith(("./", "/")) and source not in volumes:
                yield f"{name}: the volume {source} is not declared"


def mebibytes(limit):
    """A memory limit such as 704m or 2g."""
    return int(limit[:-1]) * {"m": 1, "g": 1024}[limit[-1]]


def small_problems(document):
    """Whether the overlay for a small machine gives each part a limit, and not more than there is."""
    # What runs once has ended before the services begin; what has a profile is not started.
    running = [service for name, service in document["services"].items() if name not in ONE_SHOT]
    limits = [service.get("mem_limit", "0m") for service in running if "profiles" not in service]
    total = sum(mebibytes(limit) for limit in limits if not limit.startswith("$"))
    if total > SMALL_MEMORY or any(limit.startswith("$") for limit in limits):
        yield f"the limits add up to {total} MiB, more than {SMALL_MEMORY}"


def file_problems(document, texts):
    """All that is wrong with the files together."""
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text()
    yield from schema_problems(document)
    yield from variable_problems(document, "".join(texts))
    yield from dependency_problems(document)
    for name, service in document["services"].items():
        yield from service_problems(name, service, dockerfile)
        if name in OURS - ONE_SHOT:
            yield from stop_problems(name, service)


def main():
    texts = {path: (ROOT / path).read_text() for path in [BASE, *OVERLAYS]}
    base = yaml.safe_load(texts[BASE])
    problems = [(BASE, problem) for problem in file_problems(base, [texts[BASE]])]
    for path in OVERLAYS:
        over = merged(base, yaml.safe_load(texts[path]))
        found = [*file_problems(over, [texts[BASE], texts[path]])]
        if "small" in path:
            found += small_problems(over)
        problems += [(path, problem) for problem in found if (BASE, problem) not in problems]
    for path, problem in problems:
        print(f"{path}: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
