"""`portal bench`: measures this machine, and touches nothing of the installation."""

from __future__ import annotations

import argparse

from portal.cli import bench_clients, bench_invoices, bench_ledger, bench_login, bench_quote
from portal.cli.bench_ledger import Figures
from portal.cli.table import table

NAME = "bench"
HELP = "measure quotes, transfers, lists, sign-in and invoices on this machine"
_SECONDS = 5
_CONNECTIONS = (1, 2, 4)
_MICROSECONDS_MAX = 20
"""What a quote may take."""
_PAGE_MILLISECONDS_MAX = 150
"""What a page of clients may take for nineteen readers of twenty."""
_APART_MILLISECONDS_MAX = 10
"""How far apart the medians of refusals may be."""
_PDF_MILLISECONDS_MAX = 200
"""What the PDF of an invoice may take, half of the times."""
_PDF_MEGABYTES_MAX = 300
"""How much memory a run of invoices may need."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be measured."""
    what = parser.add_subparsers(metavar="WHAT", required=True)
    quotes = what.add_parser("quote", help="price messages on a list of 10,000 prefixes, in memory")
    quotes.set_defaults(measure=_quote)
    ledger = what.add_parser(
        "ledger",
        help="post transfers, beside plain pgbench, on a database that is thrown away",
    )
    ledger.set_defaults(measure=_ledger)
    ledger.add_argument(
        "--connections",
        metavar="N,N",
        type=_counts,
        default=_CONNECTIONS,
        help="with how many connections at once (1,2,4)",
    )
    clients = what.add_parser(
        "clients",
        help="search and page through very many clients, on a database that is thrown away",
    )
    clients.set_defaults(measure=_clients)
    clients.add_argument(
        "--clients",
        metavar="N",
        type=_clients_counted,
        default=bench_clients.CLIENTS,
        help="how many clients (100000)",
    )
    logins = what.add_parser(
        "login",
        help="refuse sign-ins for different reasons, on a database that is thrown away",
    )
    logins.set_defaults(measure=_login)
    papers = what.add_parser(
        "invoices",
        help="make the PDFs of very many invoices, on a database that is thrown away",
    )
    papers.set_defaults(measure=_invoices)
    papers.add_argument(
        "--invoices",
        metavar="N",
        type=_invoices_counted,
        default=bench_invoices.INVOICES,
        help="how many (1000)",
    )
    for each in (quotes, ledger, clients, logins):
        each.add_argument(
            "--seconds", metavar="N", type=_seconds, default=_SECONDS, help="for each figure (5)"
        )


def run(args: argparse.Namespace) -> int:
    """Measure, and print a table."""
    args.measure(args)
    return 0


def _quote(args: argparse.Namespace) -> None:
    found = bench_quote.measure(seconds=args.seconds)
    print(
        table(
            ["QUOTES/S", "MEAN µs", "MEDIAN µs", "GOAL µs"],
            [
                [
                    f"{found.a_second:,.0f}",
                    f"{found.mean:.1f}",
                    f"{found.median:.1f}",
                    f"< {_MICROSECONDS_MAX}",
                ]
            ],
        )
    )
    print(f"A list of {bench_quote.PREFIXES:,} prefixes, one quote after the other.")


def _ledger(args: argparse.Namespace) -> None:
    measured = list(bench_ledger.measure(connections=args.connections, seconds=args.seconds))
    print(
        table(
            ["CONNECTIONS", "PGBENCH/S", "ONE ACCOUNT/S", "RATIO", "100 ACCOUNTS/S", "RATIO"],
            [_row(figures) for figures in measured],
        )
    )
    print("One transfer a transaction, each connection a process; pgbench is its TPC-B-like mix.")
    if measured[0].pgbench is None:
        print("There is no pgbench beside this server's programs, so nothing to compare with.")


def _clients(args: argparse.Namespace) -> None:
    measured = bench_clients.measure(clients=args.clients, seconds=args.seconds)
    print(
        table(
            ["WHAT", "P50 ms", "P95 ms", "GOAL ms"],
            [
                [each.what, f"{each.median:.1f}", f"{each.p95:.1f}", f"< {_PAGE_MILLISECONDS_MAX}"]
                for each in measured
            ],
        )
    )
    print(f"One reseller with {args.clients:,} clients, under row security, one after the other.")


def _login(args: argparse.Namespace) -> None:
    measured = bench_login.measure(seconds=args.seconds)
    print(
        table(
            ["REFUSED", "P50 ms", "P95 ms"],
            [[each.what, f"{each.median:.1f}", f"{each.p95:.1f}"] for each in measured],
        )
    )
    medians = [each.median for each in measured]
    apart = max(medians) - min(medians)
    print(f"The medians are {apart:.1f} ms apart; the goal is below {_APART_MILLISECONDS_MAX} ms.")


def _invoices(args: argparse.Namespace) -> None:
    found = bench_invoices.measure(count=args.invoices)
    print(
        table(
            ["FIRST ms", "P50 ms", "P95 ms", "GOAL ms", "BEFORE MB", "PEAK MB", "GOAL MB"],
            [
                [
                    f"{found.first:.0f}",
                    f"{found.median:.0f}",
                    f"{found.p95:.0f}",
                    f"< {_PDF_MILLISECONDS_MAX}",
                    f"{found.before:.0f}",
                    f"{found.peak:.0f}",
                    f"< {_PDF_MEGABYTES_MAX}",
                ]
            ],
        )
    )
    print(f"{args.invoices:,} invoices with their data inside, one after the other.")


def _row(figures: Figures) -> list[object]:
    return [
        figures.connections,
        _whole(figures.pgbench),
        _whole(figures.hot),
        _ratio(figures.hot, figures.pgbench),
        _whole(figures.spread),
        _ratio(figures.spread, figures.pgbench),
    ]


def _whole(a_second: float | None) -> str | None:
    return None if a_second is None else f"{a_second:,.0f}"


def _ratio(ours: float, theirs: float | None) -> str | None:
    return f"{ours / theirs:.2f}" if theirs else None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 600:
        raise argparse.ArgumentTypeError("a number of seconds above 0, at most 600")
    return seconds


def _clients_counted(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000_000):
        raise argparse.ArgumentTypeError("a number from 1 to 10000000")
    return int(text)


def _invoices_counted(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2 <= int(text) <= 100_000):
        raise argparse.ArgumentTypeError("a number from 2 to 100000")
    return int(text)


def _counts(text: str) -> tuple[int, ...]:
    words = text.split(",")
    if not all(word.isascii() and word.isdigit() and 1 <= int(word) <= 64 for word in words):
        raise argparse.ArgumentTypeError("numbers from 1 to 64, with commas between them")
    return tuple(int(word) for word in words)
