"""The simulated Stripe over HTTP: its interface, and the page on which somebody pays."""

from __future__ import annotations

import hashlib
import re
import time
from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_currency
from flask import Flask, Response, g, jsonify, redirect, request
from markupsafe import escape
from werkzeug.wrappers import Response as Answer

from portal.cli.stripe_double import cards
from portal.cli.stripe_double.books import Account, Books, Object
from portal.cli.stripe_double.parameters import Wrong, nested, refuse_unknown
from portal.payments.stripe import words

_KEY: Final = re.compile(r"(?:sk|rk)_test_\w+", re.ASCII)
_PARAMS: Final = "stripe.params"
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Payment (simulation)</title><style>
body {{ font: 1.05rem/1.5 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #16181d }}
.simulation {{ background: #7a3e00; color: #fff; margin: 0; padding: .75rem; text-align: center }}
main {{ max-width: 26rem; margin: 2rem auto; background: #fff; padding: 1.5rem }}
label {{ display: block; font-weight: 600 }} .error {{ color: #a30d0d }}
input, button {{ font: inherit; width: 100%; box-sizing: border-box; padding: .6rem }}
button {{ background: #1f3fbf; color: #fff; border: 0; margin: .75rem 0 }}
</style></head><body><header class="simulation"><strong>Simulation.</strong> No money moves here.
Do not type a real card number.</header><main><h1>{amount}</h1><p>to {title}</p>{error}
<form method="post"><label for="card">Card number</label>
<input id="card" name="card" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242">
<button>Pay</button></form><p><a href="{cancel}">Cancel and go back</a></p>
<p>Numbers to try: <code>4242 4242 4242 4242</code> pays,
<code>4000 0000 0000 0002</code> is declined,
<code>4000 0000 0000 0259</code> pays, and the bank takes it back.{kept}</p>
</main></body></html>"""
_KEPT: Final = """ The card is kept for later payments:
<code>4000 0000 0000 0341</code> pays now and is declined later,
<code>4000 0025 0000 3155</code> pays now and wants its owner later."""


def create(books: Books) -> Flask:
    """The application over these books."""
    app = Flask("stripe_double", static_folder=None)
    app.register_error_handler(Wrong, _wrong)
    app.before_request(lambda: _replayed(books))
    app.after_request(lambda response: _remembered(books, response))
    _sessions(app, books)
    _payments(app, books)
    _cards(app, books)
    _page(app, books)
    return app


def _sessions(app: Flask, books: Books) -> None:
    @app.post("/v1/checkout/sessions")
    def create_session() -> Object:
        given = nested(request.form.items(multi=True))
        refuse_unknown(f"{_PARAMS}.checkout._session_create_params.SessionCreateParams", given)
        if given.get("mode") != "payment" or not given.get("success_url"):
            raise Wrong("Missing required param: mode or success_url.", param="mode")
        lines = given["line_items"]
        total = sum(
            int(line["quantity"]) * int(line["price_data"]["unit_amount"]) for line in lines
        )
        made = books.put(
            _account(),
            "cs",
            object="checkout.session",
            mode="payment",
            status="open",
            payment_status="unpaid",
            amount_total=total,
            currency=lines[0]["price_data"]["currency"],
            client_reference_id=given.get("client_reference_id"),
            customer_email=given.get("customer_email"),
            metadata=given.get("metadata", {}),
            payment_intent=None,
            payment_intent_data=given.get("payment_intent_data", {}),
            success_url=given["success_url"],
            cancel_url=given.get("cancel_url"),
            expires_at=int(given.get("expires_at", time.time() + 86_400)),
            title=lines[0]["price_data"]["product_data"]["name"],
        )
        made["url"] = f"{request.host_url}c/pay/{made['id']}"
        books.save()
        return made

    @app.get("/v1/checkout/sessions/<number>")
    def session(number: str) -> Object:
        found = dict(books.find(_account(), number, "checkout.session"))
        if found["status"] == "open" and found["expires_at"] < time.time():
            found["status"] = "expired"
        if found["payment_intent"] and "expand[0]" in request.args:
            found["payment_intent"] = _whole(books, books.objects[found["payment_intent"]])
        return found


def _payments(app: Flask, books: Books) -> None:
    @app.get("/v1/account")
    def account() -> Object:
        key, connected = _account()
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return {
            "id": connected or f"acct_{digest}",
            "object": "account",
            "charges_enabled": "restricted" not in key,
            "email": "shop@example.com",
            "settings": {"dashboard": {"display_name": "Simulated shop"}},
        }

    @app.get("/v1/payment_intents/<number>")
    def payment(number: str) -> Object:
        return _whole(books, books.find(_account(), number, "payment_intent"))

    @app.get("/v1/payment_intents")
    def payments() -> Object:
        return _listed(books, "payment_intent")

    @app.get("/v1/refunds")
    def refunds() -> Object:
        return _listed(books, "refund")

    @app.get("/v1/disputes")
    def disputes() -> Object:
        return _listed(books, "dispute")

    @app.post("/v1/refunds")
    def refund() -> Object:
        given = nested(request.form.items(multi=True))
        refuse_unknown(f"{_PARAMS}._refund_create_params.RefundCreateParams", given)
        return books.refund(
            _account(),
            given["payment_intent"],
            amount=int(given["amount"]),
            metadata=given.get("metadata", {}),
        )


def _cards(app: Flask, books: Books) -> None:
    @app.post("/v1/payment_intents")
    def charge() -> Object:
        given = nested(request.form.items(multi=True))
        refuse_unknown(f"{_PARAMS}._payment_intent_create_params.PaymentIntentCreateParams", given)
        return _whole(books, cards.charge(books, _account(), given))

    @app.get("/v1/payment_methods/<number>")
    def method(number: str) -> Object:
        return books.find(_account(), number, "payment_method")

    @app.post("/v1/payment_methods/<number>/detach")
    def detach(number: str) -> Object:
        given = nested(request.form.items(multi=True))
        refuse_unknown(f"{_PARAMS}._payment_method_detach_params.PaymentMethodDetachParams", given)
        return cards.detach(books, _account(), number)


def _page(app: Flask, books: Books) -> None:
    @app.route("/c/pay/<number>", methods=["GET", "POST"])
    def pay(number: str) -> Answer:
        session = books.objects.get(number)
        if session is None or session["status"] != "open" or session["expires_at"] < time.time():
            return Response("This page is no longer active.", status=410, mimetype="text/plain")
        error = ""
        if request.method == "POST":
            card = re.sub(r"\D", "", request.form.get("card", ""))
            if card not in cards.CARDS:
                error = "This number is none of those that can be tried here."
            elif cards.pay(books, session, card):
                return redirect(session["success_url"], 303)
            else:
                error = "Your card was declined. Try another one."
        currency = session["currency"].upper()
        whole = Decimal(words.from_stripe(session["amount_total"], currency)) / 1_000_000
        html = _PAGE.format(
            amount=escape(format_currency(whole, currency, locale="en")),
            title=escape(session["title"]),
            cancel=escape(session["cancel_url"] or "/"),
            kept=_KEPT if "setup_future_usage" in session["payment_intent_data"] else "",
            error=f'<p class="error" role="alert">{error}</p>' if error else "",
        )
        return Response(html, status=402 if error else 200, mimetype="text/html")


def _account() -> Account:
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not _KEY.fullmatch(key) or "wrong" in key:
        raise Wrong(f"Invalid API Key provided: {key[:12]}", status=401)
    return key, request.headers.get("Stripe-Account", "")


def _whole(books: Books, payment: Object) -> Object:
    """A payment with its charge, and with its card if that is asked for."""
    whole = {**payment, "latest_charge": books.objects.get(payment["latest_charge"] or "")}
    if request.args.get("expand[0]") == "payment_method":
        whole["payment_method"] = books.objects.get(payment["payment_method"] or "")
    return whole


def _listed(books: Books, kind: str) -> Object:
    wanted = {name: request.args[name] for name in ("payment_intent",) if name in request.args}
    since = int(request.args.get("created[gte]", 0))
    found = [each for each in books.all(_account(), kind, **wanted) if each["created"] >= since]
    return {"object": "list", "has_more": False, "url": request.path, "data": found}


def _wrong(wrong: Wrong) -> tuple[Response, int]:
    return jsonify(wrong.body), wrong.status


def _asked() -> str | None:
    """What a call with an idempotency key is known by."""
    key = request.headers.get("Idempotency-Key")
    return None if key is None or request.method != "POST" else f"{_account()}/{key}"


def _replayed(books: Books) -> Any:
    """The answer that the same call was given before, or that it is being answered just now."""
    body = request.get_data(as_text=True)  # read here, or the form would have used it up
    asked = _asked()
    if asked is None:
        return None
    with books.lock:
        known = books.answered.get(asked)
        if known is None and asked in books.busy:
            raise Wrong("A request with this key is in progress.", status=409)
        if known is None:
            books.busy.add(asked)
            g.asked = asked
            return None
    if known[0] != body:
        raise Wrong("Keys for idempotent requests are for one request.", kind="idempotency_error")
    return Response(known[2], status=known[1], mimetype="application/json")


def _remembered(books: Books, response: Response) -> Response:
    """Keep the answer to a call, also that a card is declined; not that the call was wrong."""
    asked = g.pop("asked", None)
    if asked is not None:
        body = request.get_data(as_text=True)
        with books.lock:
            books.busy.discard(asked)
            if response.status_code < 400 or response.status_code == 402:
                answer = response.get_data(as_text=True)
                books.answered.setdefault(asked, (body, response.status_code, answer))
    return response
