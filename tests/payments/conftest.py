"""A Stripe on this machine for the tests of payments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.stripe_double import StripeDouble


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    """The double, which tells nobody of anything until a test says so."""
    with StripeDouble().running() as double:
        yield double
