"""`tools/sbom`: the bill of materials as CycloneDX JSON, out of requirements.lock alone.

Nothing is asked of a network, and no clock: the same lock on the same machine gives the same bytes. Of
licences it says what the installed packages state; one that is not installed here has none in it.
"""

import argparse
import sys
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from msgspec import json

from yifen import __version__
from yifen.core.facts.settings import ROOT
from yifen.tools.supply.lock import LockError, Pin, read_lock

SPEC = "1.6"


def bill(lock: Path) -> dict[str, Any]:
    """The document. LockError."""
    pins = read_lock(lock)
    digest = sha256(lock.read_bytes()).hexdigest()
    own = f"pkg:pypi/yifen@{__version__}"
    parts = [component(pin) for pin in sorted(pins)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{own}#{digest}')}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": own, "name": "yifen",
                          "version": __version__, "purl": own},
            "properties": [{"name": "yifen:lock", "value": lock.name},
                           {"name": "yifen:lock:sha256", "value": digest}],
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts]}],
    }  # fmt: skip


def component(pin: Pin) -> dict[str, Any]:
    """One package. Its hashes are of its files, a platform each: so they stand as external references,
    for CycloneDX's own `hashes` are of one file."""
    purl = f"pkg:pypi/{pin.name}@{pin.version}"
    found: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": pin.name,
                             "version": pin.version, "purl": purl}  # fmt: skip
    if stated := licence(pin.name):
        found["licenses"] = [stated]
    files = [{"type": "distribution", "url": purl,
              "hashes": [{"alg": "SHA-256", "content": digest}]} for digest in sorted(pin.sha256)]  # fmt: skip
    found["externalReferences"] = files
    if pin.marker:
        found["properties"] = [{"name": "yifen:marker", "value": pin.marker}]
    return found


def licence(name: str) -> dict[str, Any] | None:
    """What the installed package states: an expression, else its own words."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return None
    if expression := about.get_all("License-Expression"):
        return {"expression": expression[0]}
    words = [row.rsplit("::", 1)[1].strip() for row in about.get_all("Classifier") or ()
             if row.startswith("License ::")]  # fmt: skip
    words += [text.strip().partition("\n")[0] for text in about.get_all("License") or ()]
    return {"license": {"name": words[0][:100]}} if words and words[0] else None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools/sbom", description="Bill of materials, CycloneDX JSON.")
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--output", type=Path, help="write it there (default: the screen)")
    args = parser.parse_args(arguments)
    try:
        text = json.format(json.encode(bill(args.lock)), indent=2) + b"\n"
        if args.output is None:
            sys.stdout.write(text.decode())
        else:
            args.output.write_bytes(text)
    except LockError as error:
        print(f"tools/sbom: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"tools/sbom: {args.output}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
