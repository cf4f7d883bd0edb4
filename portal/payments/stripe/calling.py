"""How Stripe is called, and how its failures read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import stripe

from portal.payments.errors import NoSuchPayment, Refused, Unanswered, WrongKey
from portal.payments.port import CALL_SECONDS_MAX, Access

_REASON_LENGTH_MAX: Final = 200


def client(access: Access) -> stripe.StripeClient:
    """Stripe, asked with the key of an account."""
    return stripe.StripeClient(
        access.secrets["secret_key"],
        stripe_account=access.connected or None,
        base_addresses={"api": access.origin} if access.origin else None,
        http_client=stripe.RequestsClient(timeout=CALL_SECONDS_MAX),
        max_network_retries=0,
    )


@contextmanager
def translated() -> Iterator[None]:
    """Stripe's errors in our words, with no key in them."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise WrongKey(reason(error)) from None
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NoSuchPayment(reason(error)) from None
        raise Refused(reason(error)) from None
    except (stripe.CardError, stripe.IdempotencyError) as error:
        raise Refused(reason(error)) from None
    except stripe.StripeError as error:
        raise Unanswered(type(error).__name__) from None


def reason(error: stripe.StripeError) -> str:
    """What Stripe says of a failure, without keys."""
    said = error.user_message or ""
    return re.sub(r"(?:sk|rk)_\w+", "…", said)[:_REASON_LENGTH_MAX] or type(error).__name__
