"""Change the code of money in small ways, and show the changes that no test notices.

From the project's folder, where `tools/bootstrap test` has been:

    .venv/bin/python -m tools.mutation                          every module that is listed here
    .venv/bin/python -m tools.mutation portal/ledger/units.py   one of them
    .venv/bin/python -m tools.mutation portal/x.py tests/x      any other, with the tests it has

It works on a copy, so that the tree is never changed. A pure module takes some 20 seconds; one
whose tests need the database takes several seconds for each change, which is why this is no part of
`make test`. A survivor is either a test that is missing, or a change that changes nothing. What
stands outside of functions, such as a table, is not changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "var" / "mutation"
MUTMUT = "mutmut==3.8.1"
COPIED = ("portal", "tests", "themes", "translations", "migrations")
COPIED_FILES = ("setup.cfg", "setup.py", "pyproject.toml", "vendor.toml", "wsgi.py")

MODULES = {
    "portal/ledger/units.py": ["tests/ledger/test_units.py"],
    "portal/ledger/opening.py": ["tests/ledger"],
    "portal/ledger/posting.py": ["tests/ledger"],
    "portal/ledger/proof.py": ["tests/ledger"],
    "portal/ledger/reversing.py": ["tests/ledger"],
    "portal/ledger/statements.py": ["tests/ledger"],
    "portal/pricing/markup.py": ["tests/pricing/test_markup.py"],
    "portal/pricing/rating.py": ["tests/pricing"],
    "portal/billing/periods.py": ["tests/billing/test_periods.py"],
    "portal/accounts/standing.py": ["tests/accounts/test_standing.py"],
    "portal/accounts/wallet.py": ["tests/accounts/test_wallet.py"],
    "portal/messaging/parts.py": ["tests/messaging/test_parts.py"],
    "portal/messaging/encoding.py": ["tests/messaging/test_encoding.py"],
}


def main(arguments: Sequence[str]) -> int:
    """Run the command line; the answer is the number of modules with survivors."""
    if not (LIBRARY / "mutmut").is_dir():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", LIBRARY, MUTMUT],
            check=True,
        )
    asked = {arguments[0]: list(arguments[1:])} if arguments else MODULES
    found = 0
    for module, tests in asked.items():
        survivors = tried(module, tests or MODULES[module])
        found += bool(survivors)
        print("\n".join(survivors))
    return found


def tried(module: str, tests: Sequence[str]) -> list[str]:
    """What survived in a module, as differences to it."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        folder = Path(scratch)
        # Some tests start programs as another user, who has to come in.
        folder.chmod(0o755)
        _copy(folder)
        _configure(folder, module, tests)
        told = _mutmut(folder, "run", "--max-children", "1")
        totals = re.findall(r"\d+/\d+ .*?🙁 \d+[^\r\n]*", told)
        if not totals:
            print(told[-2000:], file=sys.stderr)
            return [f"{module}: could not be tried"]
        # Each line is written over the one before it.
        print(f"{module}: {totals[-1].strip()}")
        names = re.findall(r"(\S+): (?:survived|suspicious|no tests)", _mutmut(folder, "results"))
        return [_mutmut(folder, "show", name).strip() for name in names]


def _copy(folder: Path) -> None:
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED_FILES:
        shutil.copy(ROOT / name, folder / name)


def _configure(folder: Path, module: str, tests: Sequence[str]) -> None:
    lines = [
        "",
        "[mutmut]",
        "source_paths = portal",
        f"only_mutate = {module}",
        "pytest_add_cli_args_test_selection =",
        *(f"    {each}" for each in tests),
        "pytest_add_cli_args =",
        "    -p",
        "    no:cacheprovider",
        # All runs share a process: what one left to be collected is no fault of the next.
        "    -p",
        "    no:unraisableexception",
        "also_copy =",
        *(f"    {each}" for each in (*COPIED[2:], *COPIED_FILES)),
        "use_git_change_detection = false",
        "track_dependencies = false",
        "",
    ]
    with (folder / "setup.cfg").open("a", encoding="utf-8") as written:
        written.write("\n".join(lines))


def _mutmut(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        # The same examples for each change, and fewer of them, so that a change alone decides.
        env={
            **os.environ,
            "PYTHONPATH": str(LIBRARY),
            "CI": "true",
            "PORTAL_TEST_EXAMPLES": "50",
        },
        check=False,
        capture_output=True,
        text=True,
    )
    return run.stdout + run.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
