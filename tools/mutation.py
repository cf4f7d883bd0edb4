"""Change the code of money in small ways, and show the changes that no test notices.

From the project's folder, where `tools/bootstrap test` has been:

    .venv/bin/python -m tools.mutation                          every module that is listed here
    .venv/bin/python -m tools.mutation portal/ledger/units.py   one of them
    .venv/bin/python -m tools.mutation portal/x.py tests/x      any other, with the tests it has

It works on a copy, so that the tree is never changed, and all runs of the tests share a database
server. A module takes minutes, which is why this is no part of `make test`. A survivor is either a
test that is missing, or a change that changes nothing. What stands outside of functions, such as a
table, is not changed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tools import one_server

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "var" / "mutation"
MUTMUT = "mutmut==3.8.1"
COPIED = ("portal", "tests", "tools", "themes", "translations", "migrations")
# All of them in one process, which takes a second to begin.
_SHOW = """
import sys
from mutmut.__main__ import cli
for name in sys.argv[1:]:
    cli(["show", name], standalone_mode=False)
"""
_MAKE_CHANGES = """
from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants
copy_src_dir()
copy_also_copy_files()
create_mutants(1)
"""
# Without -x: at the first failure it would put away what all runs share, as nothing came after it.
_OPTIONS = (
    *("-p", "tools.each_change"),
    *("-p", "no:cacheprovider"),
    # All runs share a process: what one left to be collected is no fault of the next.
    *("-p", "no:unraisableexception"),
)
CHANGED = "MUTATION_MODULE"
"""The variable that says to the tests' runs which module was changed."""
FAIL_UNCHANGED = "the tests fail in a process of their own, without a change"
# As mutmut writes them down.
SURVIVED, NOTICED, NOT_TESTED, TIMED_OUT = 0, 1, 33, 36
FIXTURES = ("server", "migrated", "template", "shared_database", "database")
COPIED_FILES = ("setup.cfg", "setup.py", "pyproject.toml", "vendor.toml", "wsgi.py")

MODULES = {
    "portal/ledger/by_day.py": ["tests/invoicing/test_statements.py"],
    "portal/ledger/closing.py": ["tests/ledger/test_closing.py", "tests/reports/test_export.py"],
    "portal/ledger/export.py": ["tests/ledger/test_statements.py", "tests/reports/test_export.py"],
    "portal/ledger/lines.py": ["tests/ledger/test_lines.py"],
    "portal/ledger/notes.py": ["tests/ledger/test_notes.py"],
    "portal/ledger/opening.py": ["tests/ledger/test_opening.py", "tests/ledger/test_posting.py"],
    "portal/ledger/origins.py": ["tests/accounts/test_cover.py"],
    "portal/ledger/owned.py": ["tests/ledger/test_owned.py"],
    "portal/ledger/posting.py": [
        "tests/ledger/test_posting.py",
        "tests/ledger/test_statements.py",
        "tests/ledger/test_sealing.py",
    ],
    "portal/ledger/proof.py": ["tests/ledger/test_books.py", "tests/cli/test_ledger.py"],
    "portal/ledger/reversing.py": [
        "tests/ledger/test_reversing.py",
        "tests/ledger/test_statements.py",
        "tests/accounts/test_wallet.py",
        "tests/invoicing/test_cover_month_corners.py",
    ],
    "portal/ledger/statements.py": [
        "tests/ledger/test_statements.py",
        "tests/ledger/test_posting.py",
        "tests/ledger/test_closing.py",
        "tests/invoicing/test_statements.py",
    ],
    "portal/ledger/units.py": ["tests/ledger/test_units.py"],
    "portal/pricing/below_cost_letters.py": ["tests/tasks/test_wholesale.py"],
    "portal/pricing/bundle_names.py": ["tests/pricing/test_bundle_names.py"],
    "portal/pricing/bundles.py": [
        "tests/pricing/test_bundles.py",
        "tests/billing/test_assignments.py",
        "tests/billing/test_renewing.py",
        "tests/messaging/test_sending_free.py",
        "tests/reports/test_meters.py",
    ],
    "portal/pricing/conditions.py": ["tests/pricing"],
    "portal/pricing/country_prices.py": [
        "tests/pricing/test_country_prices.py",
        "tests/messaging/test_price_table.py",
    ],
    "portal/pricing/coverage.py": ["tests/pricing"],
    "portal/pricing/currencies.py": ["tests/accounts/test_wallet.py", "tests/pricing"],
    "portal/pricing/destinations.py": [
        "tests/pricing/test_destinations.py",
        "tests/pricing/test_country_prices.py",
        "tests/messaging/test_country_requests.py",
    ],
    "portal/pricing/differences.py": ["tests/pricing/test_differences.py"],
    "portal/pricing/explaining.py": ["tests/pricing/test_explaining.py"],
    "portal/pricing/free_parts.py": ["tests/pricing"],
    "portal/pricing/margins.py": ["tests/pricing"],
    "portal/pricing/markup.py": ["tests/pricing/test_markup.py"],
    "portal/pricing/number_plans.py": ["tests/pricing/test_number_plans.py"],
    "portal/pricing/package_rows.py": [
        "tests/pricing/test_packages.py",
        "tests/pricing/test_selling.py",
        "tests/messaging/test_sending_free.py",
    ],
    "portal/pricing/packages.py": [
        "tests/pricing/test_packages.py",
        "tests/pricing/test_selling.py",
        "tests/billing/test_assignments.py",
    ],
    "portal/pricing/price_letters.py": [
        "tests/pricing/test_price_letters.py",
        "tests/tasks/test_price_mails.py",
    ],
    "portal/pricing/price_lists.py": [
        "tests/pricing/test_price_lists.py",
        "tests/pricing/test_rate_lists.py",
        "tests/tasks/test_wholesale.py",
        "tests/messaging/test_sending.py",
    ],
    "portal/pricing/rate_cells.py": [
        "tests/pricing/test_rate_sheets.py",
        "tests/pricing/test_rate_imports.py",
    ],
    "portal/pricing/rate_changes.py": [
        "tests/pricing/test_rate_changes.py",
        "tests/pricing/test_rate_imports.py",
    ],
    "portal/pricing/rate_destinations.py": ["tests/pricing"],
    "portal/pricing/rate_faults.py": [
        "tests/pricing/test_rate_sheets.py",
        "tests/pricing/test_rate_imports.py",
        "tests/web/reseller/test_rates.py",
    ],
    "portal/pricing/rate_imports.py": [
        "tests/pricing/test_rate_imports.py",
        "tests/web/reseller/test_rates.py",
        "tests/tasks/test_housekeeping.py",
    ],
    "portal/pricing/rate_lists.py": [
        "tests/pricing/test_rate_lists.py",
        "tests/pricing/test_rate_imports.py",
        "tests/web/reseller/test_rates.py",
        "tests/tasks/test_housekeeping.py",
    ],
    "portal/pricing/rate_sheets.py": [
        "tests/pricing/test_rate_sheets.py",
        "tests/pricing/test_rate_imports.py",
    ],
    "portal/pricing/rated.py": ["tests/pricing"],
    "portal/pricing/rating.py": ["tests/pricing"],
    "portal/pricing/selling.py": [
        "tests/pricing/test_selling.py",
        "tests/pricing/test_price_letters.py",
        "tests/billing/test_assignments.py",
    ],
    "portal/pricing/shelf.py": [
        "tests/pricing/test_selling.py",
        "tests/pricing/test_sold_below_cost.py",
    ],
    "portal/pricing/showing.py": [
        "tests/pricing/test_showing.py",
        "tests/pricing/test_price_letters.py",
        "tests/api/test_hidden_services.py",
    ],
    "portal/pricing/sold_below_cost.py": [
        "tests/pricing/test_sold_below_cost.py",
        "tests/web/reseller/test_below_cost_page.py",
    ],
    "portal/pricing/ways.py": ["tests/pricing/test_differences.py"],
    "portal/pricing/what_if.py": [
        "tests/pricing/test_what_if.py",
        "tests/reports/test_what_if_replayed.py",
    ],
    "portal/pricing/wholesale_changes.py": [
        "tests/pricing/test_price_lists.py",
        "tests/tasks/test_wholesale.py",
    ],
    "portal/billing/allocation.py": ["tests/billing/test_allocation.py"],
    "portal/billing/assignments.py": [
        "tests/billing/test_assignments.py",
        "tests/billing/test_reading_assign_each.py",
        "tests/billing/test_renewing.py",
        "tests/tasks/test_billing.py",
        "tests/pricing/test_bundles.py",
    ],
    "portal/billing/bundle_letters.py": ["tests/billing/test_bundle_letters.py"],
    "portal/billing/connections.py": [
        "tests/billing/test_reading_connect.py",
        "tests/billing/test_renewing.py",
    ],
    "portal/billing/fees.py": ["tests/billing/test_renewing.py", "tests/tasks/test_billing.py"],
    "portal/billing/periods.py": ["tests/billing/test_periods.py"],
    "portal/billing/renewing.py": [
        "tests/billing/test_renewing.py",
        "tests/tasks/test_billing.py",
        "tests/pricing/test_bundles.py",
    ],
    "portal/billing/vouchers.py": [
        "tests/billing/test_vouchers.py",
        "tests/web/client/test_voucher.py",
    ],
    "portal/accounts/dues.py": ["tests/accounts/test_dues.py"],
    "portal/accounts/receivables.py": [
        "tests/accounts/test_dues.py",
        "tests/accounts/test_debts.py",
    ],
    "portal/accounts/standing.py": [
        "tests/accounts/test_standing.py",
        "tests/accounts/test_debts.py",
    ],
    "portal/accounts/wallet.py": [
        "tests/accounts/test_wallet.py",
        "tests/accounts/test_wallet_machine.py",
        "tests/messaging/test_balance_vectors.py",
    ],
    "portal/messaging/refunding.py": [
        "tests/messaging/test_delivery_reports.py",
        "tests/messaging/test_failing.py",
        "tests/messaging/test_reading_refunds.py",
        "tests/messaging/test_sending_free.py",
    ],
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
    # Asked to end, it ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    asked = {arguments[0]: list(arguments[1:])} if arguments else MODULES
    found = 0
    with one_server.running() as server:
        os.environ[one_server.FOLDER] = str(server)
        for module, tests in asked.items():
            survivors = tried(module, tests or MODULES[module])
            found += bool(survivors)
            print("\n".join(survivors), flush=True)
    return found


def tried(module: str, tests: Sequence[str]) -> list[str]:
    """What survived in a module, as differences to it. The server of the tests runs."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        folder = Path(scratch)
        # Some tests start programs as another user, who has to come in.
        folder.chmod(0o755)
        _copy(folder)
        _configure(folder, module)
        made = _run(folder, "-c", _MAKE_CHANGES)
        meta = folder / "mutants" / f"{module}.meta"
        if not meta.is_file():
            print(made[-2000:], file=sys.stderr)
            return [f"{module}: could not be changed"]
        told = _run(folder / "mutants", "-m", "pytest", *_OPTIONS, *tests, **{CHANGED: module})
        results = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        known = {name: result for name, result in results.items() if result is not None}
        if not known or FAIL_UNCHANGED in told:
            print(told[-2000:], file=sys.stderr)
            return [f"{module}: could not be tried"]
        left = [name for name, result in known.items() if result in (SURVIVED, NOT_TESTED)]
        late = sum(result == TIMED_OUT for result in known.values())
        print(
            f"{module}: {len(known)} changes, {len(left)} not noticed, {late} stopped as too slow",
            flush=True,
        )
        return [_run(folder, "-c", _SHOW, *left)] if left else []


def _copy(folder: Path) -> None:
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED_FILES:
        shutil.copy(ROOT / name, folder / name)
    with (folder / "tests" / "conftest.py").open("a", encoding="utf-8") as written:
        written.write(f"from tools.one_server import {', '.join(FIXTURES)}\n")


def _configure(folder: Path, module: str) -> None:
    lines = [
        "",
        "[mutmut]",
        "source_paths = portal",
        f"only_mutate = {module}",
        "also_copy =",
        *(f"    {each}" for each in (*COPIED[2:], *COPIED_FILES)),
        "use_git_change_detection = false",
        "track_dependencies = false",
        "",
    ]
    with (folder / "setup.cfg").open("a", encoding="utf-8") as written:
        written.write("\n".join(lines))


def _run(folder: Path, *arguments: str, **variables: str) -> str:
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        # The same examples for each change, and fewer of them, so that a change alone decides.
        env={
            **os.environ,
            **variables,
            "PYTHONPATH": str(LIBRARY),
            "CI": "true",
            "PORTAL_TEST_EXAMPLES": "50",
            # Whatever takes a day from the machine's time zone is noticed.
            "TZ": "Pacific/Chatham",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as run:
        try:
            return run.communicate()[0]
        finally:
            # The runs that it has started outlive it otherwise.
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
