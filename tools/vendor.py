"""Fetch the stylesheets, scripts and icons that others made, or check those that are here."""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "vendor.toml"


class VendorError(Exception):
    """A file is missing, or is not the one that the manifest names."""


@dataclass(frozen=True, kw_only=True)
class VendoredFile:
    """One file that pages use: where a package has it, where we keep it, what its bytes are."""

    package: str
    source: str
    target: str
    sha256: str
    icons: Sequence[str]


def listed(manifest: Path) -> Iterator[VendoredFile]:
    """Every file of the manifest, in its order."""
    for package in tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]:
        for file in package["file"]:
            yield VendoredFile(
                package=f"{package['name']}@{package['version']}",
                source=file["from"],
                target=file["to"],
                sha256=file["sha256"],
                icons=file.get("icons", ()),
            )


def folder(manifest: Path) -> Path:
    """Where the files are kept."""
    relative: str = tomllib.loads(manifest.read_text(encoding="utf-8"))["folder"]
    return manifest.parent / relative


def check(manifest: Path) -> int:
    """Compare every file with its hash, and count them; needs no network.

    Raises:
        VendorError: for a missing, a changed, or an unlisted file.
    """
    here = folder(manifest)
    files = list(listed(manifest))
    for file in files:
        path = here / file.target
        if not path.is_file():
            raise VendorError(f"{file.target} is missing; run tools/vendor.py")
        if _hash(path.read_bytes()) != file.sha256:
            raise VendorError(f"{file.target} is not the file of {file.package}")
    known = {here / file.target for file in files}
    strange = sorted(path for path in here.rglob("*") if path.is_file() and path not in known)
    if strange:
        raise VendorError(f"{strange[0].relative_to(here)} is not listed in {manifest.name}")
    return len(files)


def fetch(manifest: Path, *, accept: bool) -> None:
    """Bring every file from its package; `accept` writes the hashes of what came.

    Raises:
        VendorError: if bytes differ from the manifest's hash and are not accepted.
    """
    here = folder(manifest)
    with tempfile.TemporaryDirectory() as scratch:
        for file in listed(manifest):
            content = _content(_unpacked(file.package, Path(scratch)), file)
            found = _hash(content)
            if found != file.sha256 and not accept:
                raise VendorError(f"{file.target}: {file.package} now has other bytes ({found})")
            (here / file.target).parent.mkdir(parents=True, exist_ok=True)
            (here / file.target).write_bytes(content)
            _write_hash(manifest, file.target, found)


def sprite(icons: Path, names: Sequence[str]) -> str:
    """One SVG with a symbol for each name, to be drawn by `<use href="…#name">`."""
    symbols = "\n".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{_shapes(icons / f"{name}.svg")}</symbol>'
        for name in sorted(names)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def main(arguments: Sequence[str]) -> int:
    """Run the command line; the answer is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="compare what is here with the hashes")
    how.add_argument("--accept", action="store_true", help="fetch, and write the new hashes")
    chosen = parser.parse_args(arguments)
    try:
        if not chosen.check:
            fetch(MANIFEST, accept=chosen.accept)
        print(f"{check(MANIFEST)} files are the ones of {MANIFEST.name}")
    except VendorError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


def _unpacked(package: str, scratch: Path) -> Path:
    into = scratch / re.sub(r"\W", "-", package)
    if not into.exists():
        into.mkdir()
        subprocess.run(
            ["npm", "pack", package, "--silent", "--pack-destination", str(into)],
            check=True,
            capture_output=True,
        )
        with tarfile.open(next(into.glob("*.tgz"))) as archive:
            archive.extractall(into, filter="data")
    return into / "package"


def _content(package: Path, file: VendoredFile) -> bytes:
    if file.icons:
        return sprite(package / file.source, file.icons).encode()
    return (package / file.source).read_bytes()


def _shapes(icon: Path) -> str:
    text = icon.read_text(encoding="utf-8")
    inner = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    # Each icon carries an empty square that only drawing programs need.
    shapes = [line.strip() for line in inner.splitlines() if 'd="M0 0h24v24H0z"' not in line]
    return "".join(shapes).replace(" />", "/>")


def _write_hash(manifest: Path, target: str, found: str) -> None:
    text = manifest.read_text(encoding="utf-8")
    after = text.index(f'to = "{target}"')
    tail = re.sub(r'sha256 = "[0-9a-f]*"', f'sha256 = "{found}"', text[after:], count=1)
    manifest.write_text(text[:after] + tail, encoding="utf-8")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
