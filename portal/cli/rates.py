"""`portal rates export` and `portal rates import`: price lists as CSV and XLSX files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale

from portal.accounts.actor import system
from portal.cli.opened import add_data_option, opened
from portal.cli.table import table
from portal.infra import clock, sheets
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.infra.processes import CannotStart
from portal.infra.sheets import UnreadableSheet
from portal.ledger import units
from portal.pricing import (
    packages,
    rate_destinations,
    rate_faults,
    rate_imports,
    rate_lists,
    rate_sheets,
)
from portal.pricing.conditions import Route
from portal.pricing.price_lists import WHOLESALE
from portal.pricing.rate_cells import Decimals
from portal.pricing.rate_changes import Changes, Kind
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import Sheet
from portal.tenancy import resellers

NAME = "rates"
HELP = "export or import price lists as CSV or XLSX"
SHOWN_MAX: Final = 30
_HEADS: Final = ("change", "prefix", "from", "old", "new")
_ENGLISH: Final = Locale("en")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare both ways, and which list is meant."""
    acts = parser.add_subparsers(metavar="ACT", required=True, dest="act")
    out = acts.add_parser("export", help="write a list to a file that can be imported")
    into = acts.add_parser("import", help="print what a file would change; --apply changes it")
    for act in (out, into):
        act.add_argument("reseller", metavar="RESELLER", help="its short name, as in the list")
        act.add_argument("file", metavar="FILE", type=Path, help="CSV, or XLSX by its ending")
        act.add_argument("--package", metavar="NAME", help="own rates of it, not the wholesale")
        act.add_argument("--currency", metavar="CODE", help="by default the reseller's")
        act.add_argument("--route", choices=[each.value for each in Route], default=Route.VALUE)
        act.add_argument(
            "--decimal-comma", action="store_true", help="prices have a comma: 0,045 (CSV)"
        )
        add_data_option(act)
    into.add_argument("--apply", action="store_true", help="import what would change")
    into.add_argument("--good-rows", action="store_true", help="leave faulty rows out")


def run(args: argparse.Namespace) -> int:
    """Do one of them; exit status 1 where a file has faulty rows that may not be left out.

    Raises:
        SettingError: a setting is wrong.
        CannotStart: there is no such list, or the file cannot be read or written.
    """
    try:
        with _list(args) as (session, name, today):
            return (
                _export(session, name, args)
                if args.act == "export"
                else _import(session, name, args, today=today)
            )
    except UnreadableSheet as unreadable:
        raise CannotStart(f"{args.file} cannot be read: {unreadable}.") from None
    except OSError as error:
        raise CannotStart(f"{args.file}: {error.strerror}.") from None
    except PortalError as refused:
        raise CannotStart(f"Nothing was changed: {refused}.") from None


@contextmanager
def _list(args: argparse.Namespace) -> Iterator[tuple[ResellerSession, ListName, date]]:
    """Which list the command is about, and the reseller's day; committed when its block ends."""
    with opened(os.environ, data=args.data) as there:
        with there.database.across_resellers() as everywhere:
            reseller_id = resellers.by_slug(everywhere, args.reseller).id
        with there.database.session(reseller_id) as session, session.begin():
            reseller = resellers.own(session)
            name = ListName(
                currency=_currency(args.currency or reseller.currency),
                package_id=_package_id(session, args.package),
                route=Route(args.route),
            )
            yield session, name, clock.now().astimezone(ZoneInfo(reseller.time_zone)).date()


def _currency(code: str) -> str:
    if code not in units.CURRENCIES_IN_USE:
        raise CannotStart(f"{code} is no currency code such as EUR.")
    return code


def _package_id(session: ResellerSession, name: str | None) -> int:
    if name is None:
        return WHOLESALE
    found = [each.id for each in packages.listed(session) if each.name == name]
    if not found:
        raise CannotStart(f"There is no package {name!r}.")
    return found[0]


def _decimals(args: argparse.Namespace) -> Decimals:
    return Decimals.COMMA if args.decimal_comma else Decimals.POINT


def _export(session: ResellerSession, name: ListName, args: argparse.Namespace) -> int:
    rates = rate_lists.rates(session, name)
    rows = rate_sheets.rows_of(rates, name=_destination)
    if args.file.suffix.lower() == ".xlsx":
        data = sheets.to_xlsx([rate_sheets.HEADS, *rows], title="rates")
    else:
        texts = (rate_sheets.as_text(row, decimals=_decimals(args)) for row in rows)
        data = sheets.to_csv([rate_sheets.HEADS, *texts])
    args.file.write_bytes(data)
    print(f"{len(rates):,} rates are in {args.file}.")
    return 0


def _import(
    session: ResellerSession, name: ListName, args: argparse.Namespace, *, today: date
) -> int:
    by = system(session.reseller_id)
    rows = sheets.read(args.file.read_bytes())
    sheet = rate_sheets.read(rows, decimals=_decimals(args), today=today)
    draft_id = rate_imports.keep(session, name, sheet, today=today, by=by)
    draft = rate_imports.draft(session, draft_id, name=name, by=by)
    shown = rate_imports.preview(session, draft)
    _print_faults(sheet)
    _print_changes(shown.changes, currency=name.currency)
    for each in rate_lists.losses(session, name, draft.rates, today=today):
        if each.new:
            prefixes = ", ".join(f"+{prefix}" for prefix in sorted(each.new)[:SHOWN_MAX])
            print(f"{each.package.name!r} would sell below cost: {prefixes}")
    if sheet.faults and not args.good_rows:
        print("Nothing was imported: mend the faulty rows, or leave them out with --good-rows.")
        return 1
    if args.apply:
        count = rate_imports.apply(
            session,
            draft_id,
            name=name,
            by=by,
            seen_version=shown.version,
            good_rows=args.good_rows,
        )
        print(f"{count:,} rates are imported.")
    return 0


def _print_faults(sheet: Sheet) -> None:
    if sheet.faults:
        rows = [(each.line, each.column, rate_faults.english(each)) for each in sheet.faults]
        print(table(("line", "column", "what is wrong"), rows))


def _print_changes(changes: Changes, *, currency: str) -> None:
    rows = [
        (row.kind, f"+{row.prefix}", row.valid_from, _money(row.old, currency),
         _money(row.new, currency))
        for row in changes.rows
        if row.kind is not Kind.UNCHANGED
    ]  # fmt: skip
    if rows:
        print(table(_HEADS, _first(rows)))
    counts = ", ".join(f"{count:,} {kind}" for kind, count in changes.counts().items())
    print(f"{counts}")


def _first(rows: Sequence[Sequence[object]]) -> Sequence[Sequence[object]]:
    more = len(rows) - SHOWN_MAX
    return rows if more <= 0 else [*rows[:SHOWN_MAX], (f"and {more:,} more", "", "", "", "")]


def _money(amount: int | None, currency: str) -> str | None:
    return None if amount is None else units.decimal_string(amount, currency)


def _destination(prefix: str) -> str:
    country = rate_destinations.country_of(prefix)
    return f"{_ENGLISH.territories.get(country, country)} +{prefix}" if country else f"(+{prefix})"
