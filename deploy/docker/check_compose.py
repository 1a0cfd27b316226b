"""Checks docker-compose.yml without a container engine.

In: the file, and what it names. Out: one line per problem, and exit 1 when there is one. Beside the compose schema it
holds the file to our own rules: pinned images, health checks, infrastructure on loopback only, no secret with a default,
and no variable that the code or the example file does not know.
"""

import re
import sys
from pathlib import Path

import yaml
from compose_spec import ComposeSpecification
from pydantic import ValidationError

ROOT = Path(__file__).resolve().parents[2]
INFRASTRUCTURE = {"kafka", "clickhouse", "postgres"}
ONE_SHOT = {"migrate"}
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


def names_in(path):
    """The variables an example file sets, or shows in a comment."""
    file = ROOT / path
    if not file.exists():
        sys.exit(f"docker-compose.yml: {path}, which explains its variables, is missing")
    return set(re.findall(r"^#?\s*([A-Z][A-Z0-9_]*)=", file.read_text(), re.MULTILINE))


def variable_problems(document, text):
    """Variables that nobody reads, and those that nobody tells the operator about."""
    asked = set(re.findall(r"\$\{(\w+)", text))
    example = names_in("deploy/docker/compose.env.example")
    for variable in sorted(asked ^ example):
        yield f"{variable}: must be both in this file and in deploy/docker/compose.env.example"
    # .env.example is tested against the variables that the code reads.
    known = names_in(".env.example")
    for name, service in document["services"].items():
        for variable in service.get("environment", {}):
            if name not in INFRASTRUCTURE and variable not in known:
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
        if name in INFRASTRUCTURE and not port.startswith("127.0.0.1:"):
            yield f"{name}: port {port} is open to the network"
    for variable, value in service.get("environment", {}).items():
        # An optional one may be empty; a default it must not have either.
        wanted = r"\$\{\w+:-\}" if OPTIONAL_SECRET.search(variable) else r"\$\{\w+:\?.+\}"
        if SECRET.search(variable) and not re.fullmatch(wanted, str(value)):
            yield f"{name}: {variable} must be required from outside, as ${{NAME:?what to do}}"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./") and not (ROOT / source).exists():
            yield f"{name}: mounts {source}, which does not exist"


def main():
    text = (ROOT / "docker-compose.yml").read_text()
    document = yaml.safe_load(text)
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text()
    problems = [*schema_problems(document), *variable_problems(document, text)]
    for name, service in document["services"].items():
        problems += service_problems(name, service, dockerfile)
    for problem in problems:
        print(f"docker-compose.yml: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
