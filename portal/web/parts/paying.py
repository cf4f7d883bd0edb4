"""Begin a payment and lead on to the provider's page: of clients to resellers, of resellers on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from flask import Response, g, redirect
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from portal.accounts import attempts
from portal.accounts.actor import Actor
from portal.http import security
from portal.http.language import language
from portal.http.unit_of_work import own_transaction
from portal.http.wiring import current
from portal.infra.db import ResellerSession
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.infra.throttle import Limit, TooOften
from portal.payments import deposits, registry
from portal.payments.bank.errors import TooManyWaiting
from portal.payments.deposits import Beginning
from portal.payments.errors import (
    AmountNotOffered,
    CurrencyNotOffered,
    NoProvider,
    ProviderError,
)
from portal.web.parts import once
from portal.web.parts.deposit_forms import DepositForm

_TRIES: Final = Limit(count_max=20, window=attempts.PER_ACCOUNT.window)


def made(
    verb: Callable[[ResellerSession], int],
    *,
    paid_to: int,
    payer: str,
    endpoint: str,
    key: str,
    asked: Mapping[str, str],
) -> int:
    """The deposit that this form makes with the firm `paid_to`, committed: once for its key.

    Raises:
        TooOften: this payer has begun too many.
        PortalError: what the verb refuses, or the key was used for something else.
    """
    actor: Actor = g.actor
    assert actor.person_id is not None
    with own_transaction(paid_to) as beside:
        attempts.count_for_account(beside, "deposit", account=payer, limit=_TRIES)
    with own_transaction(paid_to) as before:
        return once.act(
            before,
            owner_id=actor.person_id,
            endpoint=endpoint,
            key=key,
            asked=asked,
            verb=lambda: verb(before),
        )


def page_made(deposit_id: int, *, paid_to: int) -> bool:
    """Have the provider make its page, unless it has; False if it does not answer.

    Raises:
        NoProvider: the account is gone, or its secrets cannot be read any more.
    """
    parts = current()
    with own_transaction(paid_to) as before:
        beginning = deposits.prepare(
            before,
            deposit_id=deposit_id,
            email=g.actor.email,
            language=language(),
            vault=parts.vault,
            installation=parts.settings,
        )
    return beginning is None or _is_started(beginning, paid_to=paid_to)


def _is_started(beginning: Beginning, *, paid_to: int) -> bool:
    try:
        started = deposits.start(beginning)
    except ProviderError as error:
        with own_transaction(paid_to) as after:
            deposits.record_silence(after, beginning, error)
        return False
    with own_transaction(paid_to) as after:
        deposits.record_start(after, beginning, started)
    return True


def led_on(url: str, *, kind: str, otherwise: str) -> AnyResponse:
    """On to the provider's page, or to ours where that is somewhere that no form may lead to."""
    origins = pages([kind])
    if url and any(url.startswith(f"{origin}/") for origin in origins):
        return security.lead_forms_to(Response(status=303, headers={"Location": url}), origins)
    return redirect(otherwise, 303)


def pages(kinds: Sequence[str]) -> list[str]:
    """The origins of the providers' pages, which our form may lead to."""
    return [page for kind in kinds for page in registry.pages(kind, current().settings)]


def way(form: DepositForm, ways: Sequence[str]) -> str:
    """The kind of account that is paid to."""
    return str(form.way.data) if "way" in form else ways[0]


def say(form: DepositForm, refused: Exception) -> int:
    """Write on the form why nothing has begun; the status of the answer.

    Raises:
        PortalError: what no form can mend.
    """
    match refused:
        case TooOften():
            form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
            return 429
        case AmountNotOffered():
            form.refuse_amount()
        case CurrencyNotOffered():
            form.currency.errors = [gettext("Please choose one of these currencies.")]
        case TooManyWaiting():
            form.form_errors.append(
                gettext(
                    "Ten of your transfers are still waited for. You find them under your deposits."
                )
            )
        case KeyReused():
            form.key.data = once.new_key()
            form.form_errors.append(
                gettext("This form was sent before. Send it again if it is meant once more.")
            )
        case StillInProgress() | NoProvider():
            form.form_errors.append(silent())
        case _:
            raise refused
    return 422


def silent() -> str:
    """What is said where a provider does not answer."""
    return str(
        gettext(
            "The payment service does not answer at the moment. Nothing was paid."
            " Please try again in a few minutes."
        )
    )
