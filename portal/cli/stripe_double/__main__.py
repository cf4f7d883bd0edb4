"""Runs the simulated Stripe of a demonstration, on this machine's own address."""

from __future__ import annotations

import argparse
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from portal.cli.stripe_double.books import DEMO_KEY, Account, Books, Hook, demo_secret
from portal.cli.stripe_double.server import create


class _Quiet(WSGIRequestHandler):
    """It says nothing of each request: the terminal is the demonstration's."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="stripe_double")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--hooks", required=True, help="an origin such as http://127.0.0.1:8000")
    parser.add_argument("--file", type=Path, required=True, help="where payments are kept")
    told = parser.parse_args()

    def hooks(account: Account) -> list[Hook]:
        slug = account[0].removeprefix(DEMO_KEY)
        return [Hook(f"{told.hooks}/hooks/stripe/{slug}", demo_secret(slug))]

    app = create(Books(file=told.file, hooks=hooks))
    make_server("127.0.0.1", told.port, app, threaded=True, request_handler=_Quiet).serve_forever()


if __name__ == "__main__":
    main()
