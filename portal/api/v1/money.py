"""Payments, charges and quotas, for a reseller's own programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from portal.accounts import access, quotas, wallet
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive, CurrencyNotPriced, InsufficientFunds
from portal.accounts.quotas import NotPrepaid, QuotaTooSmall
from portal.accounts.roles import Right
from portal.api import idempotency
from portal.api.v1 import problems, schemas
from portal.api.v1.messages import KEY
from portal.api.v1.money_schemas import (
    Booked,
    NewCharge,
    NewPayment,
    NewQuota,
    NewQuotas,
    QuotaChange,
)
from portal.api.v1.operations import Operation, Operations, answered
from portal.api.v1.schemas import ID_MAX, Answer, Asked
from portal.http import unit_of_work
from portal.infra.errors import NotFound
from portal.ledger import units
from portal.pricing import currencies, selling

_OF_KEYS = ("invalid_idempotency_key", "idempotency_in_progress", "idempotency_key_reused")

operations = Operations()


@operations.add(
    Operation(
        method="POST",
        rule="/clients/<client_id>/payments",
        right=Right.MONEY_POST,
        body=NewPayment,
        answer=Booked,
        status=201,
        headers=[KEY],
        refusals=["not_found", *_OF_KEYS],
    )
)
def add_payment(client_id: str, body: NewPayment) -> Response:
    """Credit a client. For the reseller's own programs."""
    session = unit_of_work.session()
    found = _client_id(client_id)
    amount = _amount(body.amount)
    if amount is None:
        return _wrong_amount()

    def act() -> dict[str, Any]:
        priced = currencies.priced(session, client_id=found, on=selling.today(session))
        transfer_id = wallet.payment(
            session,
            client_id=found,
            amount=amount,
            currency=body.currency,
            priced=priced,
            description=body.description,
            by=_actor(),
        )
        return _booked(found, transfer_id, amount)

    try:
        return _once(f"v1.payments/{found}", body, Booked, act, status=201)
    except AmountNotPositive:
        return _wrong_amount()
    except CurrencyNotPriced as refused:
        offered = ", ".join(refused.priced)
        return problems.of_fields([("currency", f"The client's packages are priced in {offered}")])


@operations.add(
    Operation(
        method="POST",
        rule="/clients/<client_id>/charges",
        right=Right.MONEY_POST,
        body=NewCharge,
        answer=Booked,
        status=201,
        headers=[KEY],
        refusals=["not_found", "insufficient_funds", *_OF_KEYS],
    )
)
def add_charge(client_id: str, body: NewCharge) -> Response:
    """Debit a client. For the reseller's own programs."""
    found = _client_id(client_id)
    amount = _amount(body.amount)
    if amount is None:
        return _wrong_amount()

    def act() -> dict[str, Any]:
        transfer_id = wallet.charge(
            unit_of_work.session(),
            client_id=found,
            amount=amount,
            description=body.description,
            by=_actor(),
        )
        return _booked(found, transfer_id, amount)

    try:
        return _once(f"v1.charges/{found}", body, Booked, act, status=201)
    except AmountNotPositive:
        return _wrong_amount()
    except InsufficientFunds as refused:
        needs = schemas.money(refused.needs, refused.currency)
        has = schemas.money(refused.has, refused.currency)
        return problems.respond(
            refused.code,
            detail=f"It needs {needs.amount} {needs.currency}, and there is {has.amount}.",
            facts={"needs": needs.model_dump(), "has": has.model_dump()},
        )


@operations.add(
    Operation(
        method="POST",
        rule="/quotas",
        right=Right.MONEY_POST,
        body=QuotaChange,
        answer=NewQuotas,
        headers=[KEY],
        refusals=list(_OF_KEYS),
    )
)
def change_quotas(body: QuotaChange) -> Response:
    """Top up prepaid sub-accounts, or correct them: all or none.

    For the reseller's own programs.
    """

    def act() -> dict[str, Any]:
        changed = quotas.top_up(
            unit_of_work.session(),
            sub_account_ids=[int(each) for each in body.sub_accounts],
            parts=body.parts,
            by=_actor(),
            description=body.description,
        )
        return NewQuotas(
            quotas=[
                NewQuota(
                    sub_account=str(each.sub_account_id),
                    name=each.name,
                    before=each.before,
                    parts=each.parts,
                )
                for each in changed
            ]
        ).model_dump()

    if any(int(each) > ID_MAX for each in body.sub_accounts):
        return problems.of_fields([("sub_accounts", "There is no such sub-account")])
    try:
        return _once("v1.quotas", body, NewQuotas, act)
    except AmountNotPositive:
        return problems.of_fields([("parts", "Zero changes nothing")])
    except NotFound:
        return problems.of_fields([("sub_accounts", "There is no such sub-account")])
    except NotPrepaid as refused:
        return problems.of_fields([("sub_accounts", f"No quota: {', '.join(refused.names)}")])
    except QuotaTooSmall as refused:
        short = ", ".join(f"{name} has {left}" for name, left in refused.has.items())
        return problems.of_fields([("parts", f"A quota never goes below zero: {short}")])


def _actor() -> Actor:
    actor: Actor = g.actor
    if actor.client_id is not None:
        raise NotAllowed("only the reseller's own programs move its clients' money")
    return actor


def _client_id(given: str) -> int:
    """The id of the path, if it is a client of the reseller's.

    Raises:
        NotFound: it is none.
    """
    if not (given.isascii() and given.isdigit() and int(given[:20]) <= ID_MAX):
        raise NotFound("client", given[:20])
    found = access.client_by_id(unit_of_work.session(), actor=_actor(), client_id=int(given[:20]))
    return found.id


def _amount(text: str) -> int | None:
    try:
        return units.parse(text)
    except units.NotAnAmount:
        return None


def _wrong_amount() -> Response:
    return problems.of_fields(
        [("amount", "An amount is above zero, with digits and a point, as in 12.50")]
    )


def _booked(client_id: int, transfer_id: int, amount: int) -> dict[str, Any]:
    session = unit_of_work.session()
    client = access.client_by_id(session, actor=_actor(), client_id=client_id)
    return Booked(
        id=str(transfer_id),
        amount=schemas.money(amount, client.currency),
        balance=schemas.money(wallet.balance(session, client), client.currency),
    ).model_dump()


def _once(
    endpoint: str,
    body: Asked,
    answer: type[Answer],
    act: Callable[[], dict[str, Any]],
    *,
    status: int = 200,
) -> Response:
    """Do it, or repeat the answer that its idempotency key was given before."""
    kept, replayed = idempotency.once(
        unit_of_work.session(),
        owner_id=_actor().person_id or 0,
        endpoint=endpoint,
        key=idempotency.checked(request.headers.get(idempotency.HEADER)),
        asked=json.dumps(body.model_dump(), sort_keys=True).encode(),
        act=act,
    )
    headers = {idempotency.REPLAYED_HEADER: "true"} if replayed else {}
    return answered(answer.model_validate(kept), status=status, headers=headers)
