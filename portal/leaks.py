"""`portal leaks`: looks for traces of others on a portal; stands above the application."""

from __future__ import annotations

import argparse
import os

from portal.app import create_app
from portal.cli.opened import add_data_option, opened
from portal.cli.table import table
from portal.http import leaks
from portal.http.leaks import Report
from portal.infra.errors import NotFound
from portal.infra.processes import CannotStart
from portal.tenancy import resellers

NAME = "leaks"
HELP = "look for traces of the operator and of other resellers on a reseller's portal"
_HEADS = ("where", "seen by", "what", "words", "around it")
_AROUND_MAX = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare whose portal is looked at."""
    parser.add_argument("reseller", metavar="RESELLER", nargs="*", help="short names (all)")
    add_data_option(parser)


def run(args: argparse.Namespace) -> int:
    """Look through each portal; exit status 1 if there is a trace on any, or a page that fails.

    Raises:
        CannotStart: there is no reseller of a name, or one has no host name.
    """
    with opened(os.environ, data=args.data) as there:
        app = create_app(there.settings, database=there.database)
        with there.database.across_resellers() as session:
            known = {each.slug: each.id for each in resellers.listed(session)}
        bad = 0
        for slug in args.reseller or list(known):
            if slug not in known:
                raise CannotStart(
                    f"There is no reseller {slug!r}; `portal resellers list` has all."
                )
            try:
                report = leaks.look(
                    app,
                    database=there.database,
                    settings=there.settings,
                    reseller_id=known[slug],
                )
            except NotFound as missing:
                raise CannotStart(f"{slug}: {missing}.") from None
            bad += len(report.leaks) + len(report.failed)
            print(_said(slug, report))
    return 1 if bad else 0


def _said(slug: str, report: Report) -> str:
    looked = (
        f"{report.pages} pages as {len(report.visitors)} visitors, {report.files} files,"
        f" {report.mails} mails, {report.words} words of others"
    )
    if report.failed:
        looked += f"; not looked at, since they fail: {', '.join(report.failed)}"
    if not report.leaks:
        return f"{slug}: no trace of anybody else ({looked})"
    rows = [
        (leak.where, leak.who, leak.what, leak.text, leak.around[:_AROUND_MAX])
        for leak in report.leaks
    ]
    return f"{slug}: {len(rows)} traces ({looked})\n{table(_HEADS, rows)}"
