"""Makes an SBOM the same for the same commit: sbom.py RAW VERSION EPOCH.

In: CycloneDX JSON as syft writes it, with a random number, the time of the run and its folder. Out: the same list about
BatAudit at that version, with the commit's time and a number that follows from the content. Exit 1 when it lacks something
that a lock file names.
"""

import json
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

NAMESPACE = uuid.UUID("8f1d2f0e-5b0a-5c1c-9d43-5f6f0b6d7a11")


def locked():
    """Name and version of all that the lock files name."""
    crates = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    yield from ((crate["name"], crate["version"]) for crate in crates)
    packages = json.loads((ROOT / "dashboard/package-lock.json").read_text())["packages"]
    yield from ((path.rpartition("node_modules/")[2], part["version"]) for path, part in packages.items() if path)


def main():
    raw, version, epoch = sys.argv[1:]
    with open(raw) as file:
        document = json.load(file)
    del document["serialNumber"]
    document["metadata"]["timestamp"] = datetime.fromtimestamp(int(epoch), UTC).isoformat().replace("+00:00", "Z")
    document["metadata"]["component"] = {"type": "application", "bom-ref": "bataudit", "name": "bataudit", "version": version}
    document["components"].sort(key=lambda part: (part.get("purl", ""), part["bom-ref"]))
    for needs in document.get("dependencies", []):
        needs.get("dependsOn", []).sort()
    document.get("dependencies", []).sort(key=lambda needs: needs["ref"])
    listed = {(part["name"], part.get("version")) for part in document["components"]}
    if missing := sorted(set(locked()) - listed):
        sys.exit(f"the list lacks what the lock files name: {missing}")
    content = json.dumps(document, sort_keys=True)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, content)}"
    json.dump(document, sys.stdout, sort_keys=True, indent=1)
    print()


if __name__ == "__main__":
    main()
