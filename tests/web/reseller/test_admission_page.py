"""The rules for sign-ups: what is kept, what is refused, and what a try says."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.infra.db import Database
from portal.tenancy import admission, settings
from portal.tenancy.admission import DOMAINS_MAX, Admission, Outcome, Rule
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

RULES = "/reseller/sign-ups/rules"
FILLED_IN = {
    "notice": "confirmed",
    "domains": "Acme.test, @firm.example\n\nbücher.example",
    "package": "",
    "refused_countries": "FR, Spain",
    "refused_reason": "We do not go there.",
    "waiting_countries": "DE",
    "try_email": "",
    "try_country": "US",
}


def opened(visit: Visit, cast: Cast) -> Browser:
    """Sam's browser on the page of the rules."""
    browser = visit(cast.sam)
    browser.get(RULES)
    return browser


def kept(database: Database) -> Admission:
    with database.session(SUNNY) as session:
        return settings.read(session).admission


@pytest.mark.parametrize(
    ("email", "country", "rule", "outcome"),
    [
        ("a@firm.test", "FR", Rule.COUNTRY_REFUSED, Outcome.REFUSED),
        ("a@gmail.com", "FR", Rule.COUNTRY_REFUSED, Outcome.REFUSED),
        ("a@firm.test", "DE", Rule.COUNTRY_WAITS, Outcome.WAITS),
        ("a@Firm.test", "US", Rule.DOMAIN_KNOWN, Outcome.ACTIVATED),
        ("a@sub.firm.test", "US", Rule.OTHERWISE, Outcome.WAITS),
        ("a@xfirm.test", "US", Rule.OTHERWISE, Outcome.WAITS),
        ("a@gmail.com", "US", Rule.PUBLIC_MAIL, Outcome.WAITS),
        ("a@mailinator.com", "US", Rule.PUBLIC_MAIL, Outcome.WAITS),
        ("", "US", Rule.OTHERWISE, Outcome.WAITS),
    ],
)
def test_the_first_rule_that_fits_decides(
    email: str, country: str, rule: Rule, outcome: Outcome
) -> None:
    rules = Admission(
        domains=["firm.test", "gmail.com"], refused_countries=["FR"], waiting_countries=["DE"]
    )
    decided = admission.decide(rules, email=email, country=country)
    assert (decided.rule, decided.outcome) == (rule, outcome)


def test_without_rules_everybody_waits() -> None:
    assert admission.decide(Admission(), email="a@b.test", country="US").rule is Rule.OTHERWISE


def test_the_rules_are_kept_and_read_again(visit: Visit, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session:
        package = session.scalars(text("SELECT id FROM packages WHERE name = 'Starter'")).one()
    browser = opened(visit, cast)
    seen = browser.post(RULES, **{**FILLED_IN, "package": str(package)})
    assert (seen.status, seen.location) == (303, RULES)
    assert kept(database) == Admission(
        domains=["acme.test", "firm.example", "xn--bcher-kva.example"],
        package_id=package,
        refused_countries=["ES", "FR"],
        refused_reason="We do not go there.",
        waiting_countries=["DE"],
    )
    again = browser.follow(seen)
    assert "firm.example" in again.html
    assert f'<option selected value="{package}">' in again.html
    with database.session(SUNNY) as session:
        noted = session.scalars(
            text("SELECT details ->> 'settings' FROM activity ORDER BY id DESC LIMIT 1")
        ).one()
    assert noted == "admission"


def test_a_package_that_is_no_longer_sold_is_not_chosen(
    visit: Visit, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, admission=Admission(package_id=12345))
    assert visit(cast.sam).get(RULES).status == 200


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("notice", "never", "Not a valid choice"),
        ("domains", "acme", "is no mail domain"),
        ("domains", "a@acme.test", "is no mail domain"),
        ("domains", "10.0.0.1", "is no mail domain"),
        ("domains", "acme.test:25", "is no mail domain"),
        ("domains", "<script>.test", "is no mail domain"),
        ("domains", "GMail.com", "Anybody gets an address at GMail.com"),
        ("domains", "yopmail.com", "Anybody gets an address"),
        ("domains", "\n".join(f"a{n}.test" for n in range(DOMAINS_MAX + 1)), "are the most"),
        ("package", "12345", "Not a valid choice"),
        ("refused_countries", "Atlantis", "is no country"),
        ("refused_reason", " \u200b", "Write what those who are refused shall read."),
        ("refused_reason", "x" * 201, "longer than 200"),
        ("waiting_countries", "FR", "France is refused already"),
        ("try_email", "a@x.test, b@y.test", "This is no e-mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    *, visit: Visit, database: Database, cast: Cast, field: str, value: str, complaint: str
) -> None:
    seen = opened(visit, cast).post(RULES, **{**FILLED_IN, field: value})
    assert (seen.status, complaint in seen.text) == (422, True)
    assert "Acme.test" in seen.html or field == "domains"
    assert kept(database) == Admission()


@pytest.mark.parametrize(
    ("email", "country", "said"),
    [
        ("a@acme.test", "US", "a@acme.test: is let in at once."),
        ("a@acme.test", "DE", "a@acme.test: waits for you."),
        ("a@acme.test", "FR", "a@acme.test: is refused, with your reason."),
        ("a@gmail.com", "US", "a@gmail.com: waits for you."),
    ],
)
def test_an_address_is_tried_with_rules_that_are_not_saved(
    *, visit: Visit, database: Database, cast: Cast, email: str, country: str, said: str
) -> None:
    seen = opened(visit, cast).post(
        f"{RULES}/try", **{**FILLED_IN, "try_email": email, "try_country": country}
    )
    assert (seen.status, said in seen.text, "this one" in seen.text) == (200, True, True)
    assert kept(database) == Admission()


def test_to_try_nothing_is_asked_after(visit: Visit, cast: Cast) -> None:
    seen = opened(visit, cast).post(f"{RULES}/try", **FILLED_IN)
    assert (seen.status, "Write an address to try." in seen.text) == (422, True)
