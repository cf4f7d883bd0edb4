"""Refusals of the native interface: the codes a program can meet, and the facts beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, g
from pydantic import ValidationError

from portal.accounts.actor import Actor
from portal.accounts.roles import Right
from portal.api.strict_json import NotJson
from portal.api.v1.schemas import FieldProblem, money
from portal.http.errors import problem
from portal.infra.errors import PortalError
from portal.messaging.errors import (
    CannotAfford,
    CountryNotOpen,
    InvalidNumber,
    LimitReached,
    MessagingError,
    NoRate,
    OptedOut,
    QuotaUsedUp,
    SenderNotAllowed,
    TemporarilyUnavailable,
    TextTooLong,
)
from portal.tenancy.display import Display, ServiceHidden

_ERRORS_MAX = 20
_FIELD_LENGTH_MAX = 100
_RETRY_SECONDS = {
    "idempotency_in_progress": 1,
    "limit_reached": 3600,
    "temporarily_unavailable": 30,
}


@dataclass(frozen=True)
class Refusal:
    """A kind of refusal: its HTTP status and the sentence that a developer reads."""

    status: int
    sentence: str


REFUSALS: Mapping[str, Refusal] = {
    "malformed_json": Refusal(400, "The body is not JSON that can be worked with."),
    "invalid_idempotency_key": Refusal(
        400, "The idempotency key is not 1 to 200 printable ASCII characters."
    ),
    "unauthorized": Refusal(401, "A valid token is needed."),
    "insufficient_funds": Refusal(402, "The balance does not cover the price."),
    "quota_used_up": Refusal(402, "The prepaid parts do not suffice."),
    "debt_unpaid": Refusal(402, "What is owed was not paid in time."),
    "client_suspended": Refusal(403, "The client is suspended and may not send."),
    "forbidden": Refusal(403, "The token has no right to this."),
    "service_hidden": Refusal(403, "This service is not offered to the client."),
    "not_found": Refusal(404, "There is nothing here."),
    "method_not_allowed": Refusal(405, "The method is not offered here."),
    "idempotency_in_progress": Refusal(
        409, "A request with this idempotency key is still being answered."
    ),
    "too_large": Refusal(413, "The body is too large."),
    "unsupported_media_type": Refusal(415, "The body has to be application/json."),
    "invalid_request": Refusal(422, "The request has fields that cannot be accepted."),
    "idempotency_key_reused": Refusal(422, "The idempotency key was used for another request."),
    "invalid_number": Refusal(422, "The recipient is not a number that can be sent to."),
    "empty_text": Refusal(422, "The text is empty."),
    "text_too_long": Refusal(422, "The text has too many parts or characters."),
    "sender_not_allowed": Refusal(422, "The sender may not be used."),
    "no_rate": Refusal(422, "There is no price for this recipient."),
    "country_not_open": Refusal(422, "This country is not open for the client."),
    "opted_out": Refusal(422, "The recipient has asked for no further messages."),
    "limit_reached": Refusal(429, "A limit is reached."),
    "temporarily_unavailable": Refusal(503, "Sending is temporarily not available."),
}
"""What a program can meet. Codes are for programs and stay; the sentences may change."""


def respond(
    code: str,
    *,
    detail: str = "",
    facts: Mapping[str, object] | None = None,
    retry_after_seconds: int | None = None,
) -> Response:
    """A refusal by its code; `detail` is for this one request, `facts` are further members."""
    refusal = REFUSALS[code]
    response = problem(
        refusal.status, code=code, detail=detail or refusal.sentence, **(facts or {})
    )
    wait = retry_after_seconds or _RETRY_SECONDS.get(code)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def of_request(wrong: ValidationError) -> Response:
    """What is wrong with a body or a query, field by field; no value is repeated."""
    found = wrong.errors(include_url=False, include_context=False, include_input=False)
    # The library's words for a body that is no object name a class of ours.
    return of_fields(
        [
            (
                ".".join(map(str, one["loc"])),
                "Input should be an object" if one["type"] == "model_type" else one["msg"],
            )
            for one in found[:_ERRORS_MAX]
        ]
    )


def of_fields(found: Sequence[tuple[str, str]]) -> Response:
    """What is wrong, as pairs of a field and a sentence."""
    errors = [FieldProblem(field=f[:_FIELD_LENGTH_MAX], problem=p) for f, p in found]
    return respond("invalid_request", facts={"errors": [e.model_dump() for e in errors]})


def of_json(wrong: NotJson) -> Response:
    """Why a body could not be read."""
    return respond("malformed_json", detail=_sentence(wrong))


def of_key(error: PortalError) -> Response:
    """What is wrong with an idempotency key, or with its use."""
    return respond(error.code)


def of_hidden(error: ServiceHidden) -> Response:
    """Which service is not offered; a program can do nothing about it, its reseller can."""
    return respond(error.code, facts={"service": error.service.value})


def of_message(error: MessagingError) -> Response:
    """Why a message was not accepted, with the facts that the sender may know."""
    wait = None
    if isinstance(error, LimitReached) and error.again_after is not None:
        wait = max(1, math.ceil(error.again_after.total_seconds()))
    return respond(error.code, detail=_detail(error), facts=_facts(error), retry_after_seconds=wait)


def _facts(error: MessagingError) -> dict[str, object]:
    facts: dict[str, object] = {}
    match error:
        case CannotAfford():
            if _seen().money:
                facts["needs"] = money(error.needs, error.currency).model_dump()
            if _sees_balance():
                facts["has"] = money(error.has, error.currency).model_dump()
        case QuotaUsedUp():
            facts |= {"needs_parts": error.needs, "has_parts": error.has}
        case TextTooLong():
            names = ("parts", "parts_max", "characters", "characters_max")
            facts |= {name: getattr(error, name) for name in names}
        case InvalidNumber() | SenderNotAllowed():
            facts["why"] = error.why.value
        case NoRate() | OptedOut():
            facts["recipient"] = error.recipient
        case CountryNotOpen():
            facts["country"] = error.country
        case LimitReached():
            facts |= {"limit": error.limit, "maximum": error.maximum}
        case _:
            pass
    return facts


def _detail(error: MessagingError) -> str:
    if isinstance(error, CannotAfford):
        needs, has = money(error.needs, error.currency), money(error.has, error.currency)
        if not _sees_balance():
            return f"It needs {needs.amount} {needs.currency}." if _seen().money else ""
        return f"It needs {needs.amount} {needs.currency}, and there is {has.amount}."
    # Of what is above the client, its reseller's cover or a gateway, the client learns nothing.
    if isinstance(error, TemporarilyUnavailable):
        return ""
    return _sentence(error)


def _seen() -> Display:
    """What whoever asks is shown."""
    actor: Actor = g.actor
    return actor.display


def _sees_balance() -> bool:
    """A key that was not given the balance does not learn it from a refusal either."""
    actor: Actor = g.actor
    return actor.can(Right.WALLET_READ)


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
