"""The simulated PayPal over HTTP: its interface, and the page on which somebody agrees to pay."""

from __future__ import annotations

import secrets
from typing import Any, Final

from babel.numbers import format_currency
from flask import Flask, Response, jsonify, redirect, request
from markupsafe import escape
from werkzeug.wrappers import Response as Answer

from portal.cli.paypal_double import parameters
from portal.cli.paypal_double.books import DECLINED, DISPUTED, HELD, PAYS, Books
from portal.cli.paypal_double.names import merchant_of
from portal.cli.paypal_double.parameters import Wrong, refuse_unknown
from portal.cli.paypal_double.signing import Object

_EVENT: Final = b'"webhook_event":'
_ENDINGS: Final = (PAYS, HELD, DECLINED, DISPUTED)
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>PayPal (simulation)</title><style>
body {{ font: 1.05rem/1.5 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #16181d }}
.simulation {{ background: #7a3e00; color: #fff; margin: 0; padding: .75rem; text-align: center }}
main {{ max-width: 26rem; margin: 2rem auto; background: #fff; padding: 1.5rem }}
button {{ font: inherit; width: 100%; padding: .6rem; border: 1px solid #1f3fbf; margin: .3rem 0;
background: #fff; color: #1f3fbf }} button:first-of-type {{ background: #1f3fbf; color: #fff }}
</style></head><body><header class="simulation"><strong>Simulation.</strong> This is not PayPal, and
no money moves here.</header><main><h1>{amount}</h1><p>to {title}</p>
<form method="post"><button name="ending" value="pays">Pay now</button>
<button name="ending" value="held">Pay, and the money is on its way for days</button>
<button name="ending" value="declined">Pay with a card that is declined</button>
<button name="ending" value="disputed">Pay, and complain about it</button></form>
<p><a href="{cancel}">Cancel and go back</a></p></main></body></html>"""


def create(books: Books) -> Flask:
    """The application over these books."""
    app = Flask("paypal_double", static_folder=None)
    app.register_error_handler(Wrong, lambda wrong: (jsonify(wrong.body), wrong.status))
    app.before_request(lambda: _replayed(books))
    app.after_request(lambda response: _remembered(books, response))
    _tokens(app, books)
    _orders(app, books)
    _payments(app, books)
    _disputes(app, books)
    _webhooks(app, books)
    _page(app, books)
    return app


def _tokens(app: Flask, books: Books) -> None:
    @app.post("/v1/oauth2/token")
    def token() -> Any:
        shown = request.authorization
        if shown is None or not shown.username or "wrong" in shown.username:
            said = {
                "error": "invalid_client",
                "error_description": "Client Authentication failed",
            }
            return jsonify(said), 401
        if request.form.to_dict() != {"grant_type": "client_credentials"}:
            return jsonify({"error": "unsupported_grant_type"}), 400
        made = f"A21{secrets.token_hex(20)}"
        books.tokens[made] = shown.username
        return {
            "scope": "https://uri.paypal.com/services/payments/payment",
            "access_token": made,
            "token_type": "Bearer",
            "app_id": "APP-80W284485P519543T",
            "expires_in": 32_400,
            "nonce": "n",
        }


def _orders(app: Flask, books: Books) -> None:
    @app.post("/v2/checkout/orders")
    def create_order() -> Any:
        client, given = _client(books), request.get_json()
        refuse_unknown(parameters.ORDER, given)
        if given.get("intent") != "CAPTURE" or len(given.get("purchase_units") or []) != 1:
            raise Wrong(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
        unit = {"reference_id": "default", **given["purchase_units"][0]}
        unit["payee"] = {
            "merchant_id": merchant_of(client),
            "email_address": "shop@example.com",
        }
        made = books.put(
            client,
            "order",
            intent="CAPTURE",
            status="PAYER_ACTION_REQUIRED" if "payment_source" in given else "CREATED",
            purchase_units=[unit],
            payment_source=given.get("payment_source"),
        )
        here = request.host_url
        made["links"] = [
            {"rel": "self", "href": f"{here}v2/checkout/orders/{made['id']}"},
            {"rel": "payer-action", "href": f"{here}checkoutnow?token={made['id']}"},
        ]
        books.save()
        return books.shown(made), 201

    @app.get("/v2/checkout/orders/<wanted>")
    def order(wanted: str) -> Object:
        return books.shown(books.find(_client(books), wanted, "order"))

    @app.post("/v2/checkout/orders/<wanted>/capture")
    def capture(wanted: str) -> Any:
        refuse_unknown(parameters.CAPTURE, request.get_json(silent=True) or {})
        found = books.find(_client(books), wanted, "order")
        books.capture(found)
        return books.shown(found), 201


def _payments(app: Flask, books: Books) -> None:
    @app.get("/v2/payments/captures/<wanted>")
    def payment(wanted: str) -> Object:
        return books.shown(books.find(_client(books), wanted, "capture"))

    @app.post("/v2/payments/captures/<wanted>/refund")
    def refund(wanted: str) -> Any:
        given = request.get_json(silent=True) or {}
        refuse_unknown(parameters.REFUND, given)
        return books.shown(books.refund(_client(books), wanted, given)), 201

    @app.get("/v1/reporting/transactions")
    def transactions() -> Object:
        client, asked = _client(books, right="transactions"), request.args
        page, size = int(asked["page"]), int(asked["page_size"])
        found = [
            {"transaction_info": _transaction(each)}
            for kind in ("capture", "refund")
            for each in books.all(client, kind)
            if asked["start_date"] <= each["create_time"] <= asked["end_date"]
        ]
        return {
            "transaction_details": found[(page - 1) * size : page * size],
            "page": page,
            "total_items": len(found),
            "total_pages": max(1, -(-len(found) // size)),
        }


def _disputes(app: Flask, books: Books) -> None:
    @app.get("/v1/customer/disputes")
    def disputes() -> Object:
        wanted = request.args.get("disputed_transaction_id")
        names = ("dispute_id", "status", "reason", "dispute_amount", "dispute_life_cycle_stage")
        return {
            "items": [
                {name: each[name] for name in names}
                for each in books.all(_client(books, right="disputes"), "dispute")
                if wanted in {None, each["disputed_transactions"][0]["seller_transaction_id"]}
            ]
        }

    @app.get("/v1/customer/disputes/<wanted>")
    def dispute(wanted: str) -> Object:
        return books.shown(books.find(_client(books), wanted, "dispute"))


def _webhooks(app: Flask, books: Books) -> None:
    @app.get("/v1/notifications/webhooks/<wanted>")
    def webhook(wanted: str) -> Object:
        _client(books)
        if "WRONG" in wanted:
            raise Wrong(404, "INVALID_RESOURCE_ID", "INVALID_RESOURCE_ID")
        return {"id": wanted, "url": "https://example.com", "event_types": [{"name": "*"}]}

    @app.post("/v1/notifications/verify-webhook-signature")
    def verify() -> Object:
        _client(books)
        given, body = request.get_json(), request.get_data()
        refuse_unknown(parameters.VERIFICATION, given)
        if parameters.VERIFICATION.keys() - given.keys():
            raise Wrong(400, "VALIDATION_ERROR", "MISSING_REQUIRED_PARAMETER")
        raw = body.partition(_EVENT)[2].strip().removesuffix(b"}")
        good = books.signer.is_signed(given, raw)
        return {"verification_status": "SUCCESS" if good else "FAILURE"}


def _page(app: Flask, books: Books) -> None:
    @app.route("/checkoutnow", methods=["GET", "POST"])
    def checkout() -> Answer:
        order = books.objects.get(request.args.get("token", ""))
        if order is None or order["status"] != "PAYER_ACTION_REQUIRED":
            return Response("This page is no longer active.", status=410, mimetype="text/plain")
        context = order["payment_source"]["paypal"]["experience_context"]
        ending = request.form.get("ending")
        if ending in _ENDINGS:
            books.approve(order, ending)
            here = f"{context['return_url']}?token={order['id']}&PayerID=SIMULATED"
            return redirect(here, 303)
        amount = order["purchase_units"][0]["amount"]
        html = _PAGE.format(
            amount=escape(format_currency(amount["value"], amount["currency_code"], locale="en")),
            title=escape(context["brand_name"]),
            cancel=escape(f"{context['cancel_url']}?token={order['id']}"),
        )
        return Response(html, mimetype="text/html")


def _transaction(found: Object) -> Object:
    is_payment = found["_kind"] == "capture"
    return {
        "transaction_id": found["id"],
        "transaction_event_code": "T0006" if is_payment else "T1107",
        "transaction_status": "P" if found["status"] == "PENDING" else "S",
        "transaction_amount": found["amount"],
        "custom_field": found["custom_id"],
        "paypal_reference_id": None if is_payment else found["links"][0]["href"].split("/")[-1],
    }


def _client(books: Books, *, right: str = "") -> str:
    """Whose token it is; an app whose name says so has not every right."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    client = books.tokens.get(shown)
    if client is None:
        raise Wrong(401, "AUTHENTICATION_FAILURE", "invalid_token")
    if right and "plain" in client:
        raise Wrong(403, "NOT_AUTHORIZED", "PERMISSION_DENIED")
    return client


def _asked(books: Books) -> str | None:
    """What a call with an idempotency key is known by."""
    key = request.headers.get("PayPal-Request-Id")
    return None if key is None else f"{_client(books)} {request.path} {key}"


def _replayed(books: Books) -> Any:
    """The answer that the same call was given before."""
    request.get_data()  # read here, or the form would have used it up
    asked = _asked(books)
    known = None if asked is None else books.answered.get(asked)
    return None if known is None else Response(known, status=200, mimetype="application/json")


def _remembered(books: Books, response: Response) -> Response:
    if response.status_code == 201 and (asked := _asked(books)):
        books.answered.setdefault(asked, response.get_data(as_text=True))
    return response
