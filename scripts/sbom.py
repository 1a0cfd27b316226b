"""Makes an SBOM the same for the same commit: sbom.py RAW VERSION EPOCH.

In: CycloneDX JSON as syft writes it, with a random number, the time of the run and its folder. Out: the same list about
BatAudit at that version, with the commit's time and a number that follows from the content.
"""

import json
import sys
import uuid
from datetime import UTC, datetime

NAMESPACE = uuid.UUID("8f1d2f0e-5b0a-5c1c-9d43-5f6f0b6d7a11")


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
    if not any(part["name"] == "rdkafka" for part in document["components"]):
        sys.exit("the list lacks what Cargo.lock names")
    if not any(part["name"] == "react" for part in document["components"]):
        sys.exit("the list lacks what dashboard/package-lock.json names")
    content = json.dumps(document, sort_keys=True)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, content)}"
    json.dump(document, sys.stdout, sort_keys=True, indent=1)
    print()


if __name__ == "__main__":
    main()
