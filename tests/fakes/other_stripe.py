"""localstripe, a Stripe that others wrote, as a process on loopback, and a go-between before it.

Its own program would listen at every address and write all it knows into /tmp, so that its server
is started by a line of ours. It stays a program of its own, which is only talked to.

The go-between passes on what is asked and answered as it is, but for what localstripe does not
know of Stripe's newer interface: it takes `automatic_payment_methods` out of a payment that is
asked for, writes into one that is answered what has been received and which card was charged,
both as localstripe itself has them, and says that there are no disputes.
"""

from __future__ import annotations

import contextlib
import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests
import stripe
from flask import Flask, request
from stripe.params import CustomerCreateParams
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.builders.running import free_port

ADA: CustomerCreateParams = {
    "name": "Ada Example",
    "email": "ada@example.com",
    "phone": "+12025550123",
    "address": {"line1": "1 Sunny Street", "city": "Springfield", "country": "US"},
}
"""Whose cards are kept."""
_SERVE = """
import sys
from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app
Store.dump_to_disk = lambda _: None
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""
_NOT_KNOWN = "automatic_payment_methods["
_START_SECONDS_MAX = 30.0
_ANSWER_SECONDS_MAX = 10


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class OtherStripe:
    """It takes every key that looks like one; whoever has one sees everything."""

    def __init__(self, folder: Path, *, key: str) -> None:
        self._log = folder / "localstripe.log"
        self._key = key
        self._port = free_port()
        self._server = make_server(
            "127.0.0.1", 0, self._go_between(), threaded=True, request_handler=_Quiet
        )

    @property
    def origin(self) -> str:
        """Where the go-between is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def keep(self, number: str) -> tuple[str, str]:
        """A customer and the card that is kept of it, by Stripe's own library."""
        asked = stripe.StripeClient(self._key, base_addresses={"api": self._itself}).v1
        customer = asked.customers.create(ADA)
        # Stripe's library declares no number, which only its pages in a browser may send.
        card: Any = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        method = asked.payment_methods.create({"type": "card", "card": card})
        asked.payment_methods.attach(method.id, {"customer": customer.id})
        return customer.id, method.id

    def tell(self, url: str, secret: str) -> None:
        """Have events sent there, and signed with this secret."""
        answer = requests.post(
            f"{self._itself}/_config/webhooks/portal",
            json={"url": url, "secret": secret},
            timeout=_ANSWER_SECONDS_MAX,
        )
        assert answer.status_code == 200

    @contextmanager
    def running(self) -> Iterator[OtherStripe]:
        """Both serve inside of the block."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        with self._process():
            thread.start()
            try:
                yield self
            finally:
                self._server.shutdown()
                thread.join()
                self._server.server_close()

    @property
    def _itself(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @contextmanager
    def _process(self) -> Iterator[None]:
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._await(process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS_MAX
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"localstripe does not start: {self._log.read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            there = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
            with closing(there):
                there.request("GET", "/")
                return there.getresponse().status == 401
        return False

    def _go_between(self) -> Flask:
        app = Flask("go_between", static_folder=None)

        @app.get("/v1/disputes")
        def disputes() -> dict[str, Any]:
            return {"object": "list", "has_more": False, "url": request.path, "data": []}

        @app.route("/v1/<path:path>", methods=["GET", "POST"])
        def passed_on(path: str) -> tuple[dict[str, Any], int]:
            sent = request.form.items(multi=True)
            answer = self._asked(
                path,
                data=[(name, value) for name, value in sent if not name.startswith(_NOT_KNOWN)],
                params=list(request.args.items(multi=True)),
            )
            found = answer.json()
            if found.get("object") == "payment_intent":
                self._complete(found)
            return found, answer.status_code

        return app

    def _asked(self, path: str, *, method: str = "", **sent: Any) -> requests.Response:
        """What localstripe answers to whoever is asking just now."""
        return requests.request(
            method or request.method,
            f"{self._itself}/v1/{path}",
            headers={"Authorization": request.headers.get("Authorization", "")},
            timeout=_ANSWER_SECONDS_MAX,
            **sent,
        )

    def _complete(self, payment: dict[str, Any]) -> None:
        payment["amount_received"] = payment["amount"] if payment["status"] == "succeeded" else 0
        charge = payment["latest_charge"]
        if charge is not None:
            path = f"payment_methods/{charge['payment_method']}"
            method = self._asked(path, method="GET").json()
            charge["payment_method_details"] = {"type": "card", "card": method["card"]}
