"""What a reseller says of the trial credit."""

from __future__ import annotations

import pytest

from portal.accounts import quotas
from portal.accounts.quotas import Mode
from portal.infra.db import Database
from portal.tenancy import settings
from portal.tenancy.trial_rules import TrialRules
from tests.cast import SUNNY, UNIT, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

PAGE = "/reseller/sign-ups/trial"


def opened(visit: Visit, cast: Cast) -> Browser:
    browser = visit(cast.sam)
    browser.get(PAGE)
    return browser


def kept(database: Database) -> TrialRules:
    with database.session(SUNNY) as session:
        return settings.read(session).trial


@pytest.fixture
def house(database: Database, cast: Cast) -> str:
    """The sub-account that Sunny sends from for itself."""
    with database.session(SUNNY) as session, session.begin():
        quotas.set_mode(
            session, sub_account_id=cast.henry.sub_account_id, mode=Mode.UNLIMITED, by=cast.sam
        )
    return str(cast.henry.sub_account_id)


def test_without_a_sub_account_the_page_says_how_to_make_one(visit: Visit, cast: Cast) -> None:
    seen = visit(cast.sam).get(PAGE)
    assert "You have no sub-account without a limit of parts yet." in seen.text
    assert "$0.00, to 0 clients" in seen.text
    assert seen.value_of("countries") == "US"


@pytest.mark.parametrize(
    "wrong_and_said",
    [
        ({"amount": "1001"}, "$1,000.00 is the most."),
        ({"amount": "-1"}, "Write the amount with digits"),
        ({"sub_account": ""}, "Choose where the codes are sent from."),
        ({"sub_account": "77"}, "Not a valid choice"),
        ({"countries": ""}, "Name at least one country."),
        ({"countries": "US, Nowhere"}, "Nowhere is no country."),
        ({"countries": "US, FR"}, "France is not open for the client of this sub-account."),
        ({"codes_a_day": ""}, "Write 1 to 1000."),
        ({"codes_a_day": "0"}, "Write 1 to 1000."),
        ({"codes_a_day": "1001"}, "Write 1 to 1000."),
    ],
    ids=str,
)
def test_what_will_not_do_is_a_message_at_its_field(
    visit: Visit,
    cast: Cast,
    database: Database,
    house: str,
    wrong_and_said: tuple[dict[str, str], str],
) -> None:
    wrong, said = wrong_and_said
    typed = {"amount": "2", "sub_account": house, "countries": "US", "codes_a_day": "50", **wrong}
    seen = opened(visit, cast).post(PAGE, **typed)
    assert seen.status == 422
    assert said in seen.text
    assert kept(database) == TrialRules()


def test_what_is_saved_is_shown_again_and_can_be_turned_off(
    visit: Visit, cast: Cast, database: Database, house: str
) -> None:
    browser = opened(visit, cast)
    typed = {"amount": "2.50", "sub_account": house, "countries": "Germany, us", "codes_a_day": "9"}
    seen = browser.follow(browser.post(PAGE, **typed))
    assert kept(database) == TrialRules(
        amount=2_500_000, sub_account_id=int(house), countries=["DE", "US"], codes_a_day=9
    )
    assert kept(database).amount == 2 * UNIT + UNIT // 2
    assert seen.value_of("amount") == "2.50"
    assert seen.value_of("countries") == "DE, US"
    browser.post(PAGE, **{**typed, "amount": ""})
    assert not kept(database).is_on
    with database.session(SUNNY) as session, session.begin():
        quotas.set_mode(session, sub_account_id=int(house), mode=Mode.MONEY, by=cast.sam)
    assert "nothing: no codes are sent" in browser.get(PAGE).text
