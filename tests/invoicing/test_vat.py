"""Which VAT applies to whom, and that its parts are always the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoicing import vat
from portal.invoicing.statuses import Treatment
from portal.invoicing.vat import Applied, Parts

RATES = {"DE": 19_000, "AT": 20_000, "CA": 5_000}
STANDARD, REVERSE = Treatment.STANDARD, Treatment.REVERSE_CHARGE
ELSEWHERE, NONE = Treatment.ELSEWHERE, Treatment.NONE


def coins(digits: int) -> st.SearchStrategy[int]:
    """Amounts of whole coins, up to a hundred thousand units."""
    coin = 10 ** (6 - digits)
    return st.integers(1, 100_000 * 10**digits).map(lambda count: count * coin)


@pytest.mark.parametrize(
    ("charges", "reverse", "seller", "client", "business", "treatment", "rate"),
    [
        (False, True, "DE", "DE", True, NONE, 0),
        (True, True, "DE", "DE", False, STANDARD, 19_000),
        (True, True, "DE", "DE", True, STANDARD, 19_000),
        (True, True, "DE", "AT", True, REVERSE, 0),
        (True, True, "DE", "AT", False, STANDARD, 20_000),
        (True, False, "DE", "AT", True, STANDARD, 20_000),
        (True, True, "DE", "FR", True, REVERSE, 0),
        (True, True, "DE", "FR", False, STANDARD, 19_000),
        (True, True, "DE", "CH", True, ELSEWHERE, 0),
        (True, True, "DE", "US", False, ELSEWHERE, 0),
        (True, True, "CA", "CA", False, STANDARD, 5_000),
        (True, True, "CA", "DE", True, STANDARD, 19_000),
        (True, True, "CA", "FR", True, ELSEWHERE, 0),
    ],
)
def test_which_vat_applies(
    *,
    charges: bool,
    reverse: bool,
    seller: str,
    client: str,
    business: bool,
    treatment: Treatment,
    rate: int,
) -> None:
    found = vat.applied(
        charges_vat=charges,
        reverse_charge=reverse,
        country=seller,
        rates=RATES,
        client_country=client,
        is_business=business,
    )
    assert found == Applied(treatment=treatment, rate=rate)


@pytest.mark.parametrize(
    ("gross", "rate", "digits", "net"),
    [
        (10_000_000, 19_000, 2, 8_400_000),
        (119_000_000, 19_000, 2, 100_000_000),
        (10_000, 19_000, 2, 10_000),  # a cent is whole
        (30_000, 19_000, 2, 30_000),
        (40_000, 19_000, 2, 30_000),
        (1_000_000_000, 10_000, 0, 909_000_000),  # yen have no cents
        (1_234_000, 5_000, 3, 1_175_000),
        (100_000_000, 9_975, 2, 90_930_000),
        (7_000_000, 0, 2, 7_000_000),
        (7_000_001, 0, 2, 7_000_001),
        (7_000_001, 19_000, 2, 5_880_000),
        (4_000, 100, 2, 0),  # less than half a coin
    ],
)
def test_what_an_amount_is_made_of(gross: int, rate: int, digits: int, net: int) -> None:
    assert vat.parts(gross, rate=rate, digits=digits) == Parts(net=net, vat=gross - net)


@given(data=st.data(), rate=st.integers(0, 50_000), digits=st.sampled_from([0, 2, 3]))
def test_the_parts_are_the_whole(data: st.DataObject, rate: int, digits: int) -> None:
    gross, coin = data.draw(coins(digits)), 10 ** (6 - digits)
    found = vat.parts(gross, rate=rate, digits=digits)
    assert found.net + found.vat == gross
    assert found.net >= 0
    assert found.vat >= 0
    assert (found.net % coin, found.vat % coin) == (0, 0)
    # At most a coin off what the rate would make of the net amount.
    assert abs(found.net * rate - found.vat * 100_000) <= coin * 100_000


@given(data=st.data(), rate=st.integers(0, 50_000), digits=st.sampled_from([0, 2, 3]))
def test_what_is_taken_back_in_parts_adds_up(data: st.DataObject, rate: int, digits: int) -> None:
    """However it is cut, nothing is left of net or of VAT when all of it went back."""
    pieces = data.draw(st.lists(coins(digits), min_size=1, max_size=6))
    before, nets, vats = 0, 0, 0
    for each in pieces:
        found = vat.parts_taken_back(each, before=before, rate=rate, digits=digits)
        assert found.net + found.vat == each
        assert found.net >= 0
        assert found.vat >= 0
        before, nets, vats = before + each, nets + found.net, vats + found.vat
    assert Parts(net=nets, vat=vats) == vat.parts(sum(pieces), rate=rate, digits=digits)
