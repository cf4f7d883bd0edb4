"""A Stripe and a PayPal on this machine for the tests of payments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.paypal_double import PayPalDouble
from tests.fakes.stripe_double import StripeDouble


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    """The double, which tells nobody of anything until a test says so."""
    with StripeDouble().running() as double:
        yield double


@pytest.fixture
def paypal() -> Iterator[PayPalDouble]:
    """The double, which tells nobody of anything until a test says so."""
    with PayPalDouble().running() as double:
        yield double
