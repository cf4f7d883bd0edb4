"""Have another program count the parts of many texts, and record its answers for the tests.

Needs Node.js, npm and the package registry, which the tests do not: they compare with what is
recorded in `tests/wire/parts/counts.json.gz`. To record anew, from the project's folder:

    .venv/bin/python -m tools.part_counts             the versions that vendor.toml names
    .venv/bin/python -m tools.part_counts --accept    their hashes are written to vendor.toml
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.messaging import parts
from tests.wire.parts import texts

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "vendor.toml"
RECORDED = ROOT / "tests" / "wire" / "parts" / "counts.json.gz"

# `graphemes` are what it takes for one character each, and never cuts; the lengths of those that
# are several code points are answered with the place where they begin.
COUNT = """
const { SegmentedMessage } = require("sms-segments-calculator");
const answers = JSON.parse(require("fs").readFileSync(0, "utf8")).map((text) => {
  const counted = new SegmentedMessage(text, "auto", false);
  const clusters = [];
  let at = 0;
  for (const grapheme of counted.graphemes) {
    const length = [...grapheme].length;
    if (length > 1) clusters.push([at, length]);
    at += length;
  }
  return [counted.encodingName, counted.segmentsCount, clusters];
});
process.stdout.write(JSON.stringify(answers));
"""


class RecordingError(Exception):
    """A package has other bytes than those that were recorded with."""


def packages(manifest: Path) -> list[dict[str, str]]:
    """What is needed to count: the program itself, and what it needs."""
    found: list[dict[str, str]] = tomllib.loads(manifest.read_text(encoding="utf-8"))["recorded"]
    return found


def installed(into: Path, *, accept: bool) -> None:
    """Unpack each package where Node.js looks for it, and compare its bytes with the manifest.

    Raises:
        RecordingError: for other bytes, unless they are accepted.
    """
    for package in packages(MANIFEST):
        name, version, known = package["name"], package["version"], package["sha256"]
        subprocess.run(
            ["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", str(into)],
            check=True,
            capture_output=True,
        )
        packed = into / f"{name}-{version}.tgz"
        found = hashlib.sha256(packed.read_bytes()).hexdigest()
        if found != known and not accept:
            raise RecordingError(f"{name}@{version} now has other bytes ({found})")
        _write_hash(name, found)
        with tarfile.open(packed) as archive:
            archive.extractall(into / "unpacked" / name, filter="data")
        (into / "node_modules").mkdir(exist_ok=True)
        (into / "unpacked" / name / "package").rename(into / "node_modules" / name)


def answers(folder: Path, asked: Sequence[str]) -> list[Any]:
    """What the other program says of each text: alphabet, parts, and clusters of characters."""
    told = subprocess.run(
        ["node", "-e", COUNT],
        cwd=folder,
        # Halves of surrogate pairs travel as escapes.
        input=json.dumps(asked, ensure_ascii=True).encode(),
        check=True,
        capture_output=True,
    )
    answered: list[Any] = json.loads(told.stdout)
    return answered


def recorded(asked: Sequence[str], answered: Sequence[Any]) -> dict[str, Any]:
    """What the tests read: the answers in order, and the clusters where the two programs differ."""
    differ = {
        str(number): clusters
        for number, (text, (_, counted, clusters)) in enumerate(zip(asked, answered, strict=True))
        if counted != parts.count(text).parts
    }
    return {
        "encodings": "".join("g" if encoding == "GSM-7" else "u" for encoding, *_ in answered),
        "parts": [counted for _, counted, _ in answered],
        "clusters": differ,
    }


def main(arguments: Sequence[str]) -> int:
    """Run the command line; the answer is the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--accept", action="store_true", help="write the hashes of what came")
    chosen = parser.parse_args(arguments)
    made, real = texts.generated(), texts.real()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            installed(Path(scratch), accept=chosen.accept)
        except RecordingError as wrong:
            print(wrong, file=sys.stderr)
            return 1
        told = answers(Path(scratch), [*made, *real])
    kept = {
        "packages": [f"{each['name']}@{each['version']}" for each in packages(MANIFEST)],
        "seed": texts.SEED,
        "fingerprint": texts.fingerprint(made),
        "real": real,
        **recorded([*made, *real], told),
    }
    # Without a time in it, the same answers are the same file.
    packed = gzip.compress(json.dumps(kept, separators=(",", ":")).encode(), mtime=0)
    RECORDED.write_bytes(packed)
    print(f"{len(told)} texts, {len(kept['clusters'])} counted otherwise, {len(packed)} bytes")
    return 0


def _write_hash(name: str, found: str) -> None:
    text = MANIFEST.read_text(encoding="utf-8")
    after = text.index(f'name = "{name}"')
    tail = re.sub(r'sha256 = "[0-9a-f]*"', f'sha256 = "{found}"', text[after:], count=1)
    MANIFEST.write_text(text[:after] + tail, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
