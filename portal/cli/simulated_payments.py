"""Runs the simulated Stripe and PayPal of a demonstration, on this machine's own address."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from portal.cli.paypal_double import books as paypal_books
from portal.cli.paypal_double import names as paypal_names
from portal.cli.paypal_double import server as paypal_server
from portal.cli.stripe_double import books as stripe_books
from portal.cli.stripe_double import server as stripe_server

_HERE = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """It says nothing of each request: the terminal is the demonstration's."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    """Serve both until the process is ended."""
    parser = argparse.ArgumentParser(prog="simulated_payments")
    parser.add_argument("--stripe-port", type=int, required=True)
    parser.add_argument("--paypal-port", type=int, required=True)
    parser.add_argument("--hooks", required=True, help="an origin such as http://127.0.0.1:8000")
    parser.add_argument("--folder", type=Path, required=True, help="where payments are kept")
    told = parser.parse_args()
    stripe = _serving(_stripe(told.hooks, told.folder), told.stripe_port)
    paypal = _serving(_paypal(told.hooks, told.folder), told.paypal_port)
    threading.Thread(target=paypal.serve_forever, daemon=True).start()
    stripe.serve_forever()


def _stripe(origin: str, folder: Path) -> Flask:
    def hooks(account: stripe_books.Account) -> list[stripe_books.Hook]:
        slug = account[0].removeprefix(stripe_books.DEMO_KEY)
        secret = stripe_books.demo_secret(slug)
        return [stripe_books.Hook(f"{origin}/hooks/stripe/{slug}", secret)]

    file = folder / "simulated-stripe.json"
    return stripe_server.create(stripe_books.Books(file=file, hooks=hooks))


def _paypal(origin: str, folder: Path) -> Flask:
    def hooks(client: str) -> list[paypal_names.Hook]:
        slug = client.removeprefix(paypal_names.DEMO_CLIENT)
        webhook_id = paypal_names.demo_webhook(slug)
        return [paypal_names.Hook(f"{origin}/hooks/paypal/{slug}", webhook_id)]

    file = folder / "simulated-paypal.json"
    return paypal_server.create(paypal_books.Books(file=file, hooks=hooks))


def _serving(app: Flask, port: int) -> BaseWSGIServer:
    return make_server(_HERE, port, app, threaded=True, request_handler=_Quiet)


if __name__ == "__main__":
    main()
