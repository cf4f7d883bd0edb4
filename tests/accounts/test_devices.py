"""Browsers that somebody has signed in with before, and the mail when one is new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import attempts, devices, login
from portal.accounts.models import Person
from portal.accounts.sign_in_models import KnownDevice
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.throttle import TooOften
from portal.notifications.models import Mail
from tests.cast import SUNNY, Cast

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
NEWER = FIREFOX.replace("130.0", "131.0")
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/130.0.0.0 Safari/537.36"
)
ONE, TWO, THREE = "a" * 43, "b" * 43, "c" * 43
HOME, OFFICE = "192.0.2.1", "198.51.100.7"
ORIGIN = "http://sunny.localhost:8000"


@pytest.fixture
def alice(session: ResellerSession, cast: Cast) -> Person:
    return session.get_one(Person, (SUNNY, cast.alice.owner.person_id))


def arrive(
    session: ResellerSession, person: Person, token: str, browser: str, address: str
) -> list[Mail]:
    devices.arrived(session, person, token=token, browser=browser, address=address, origin=ORIGIN)
    session.flush()
    return list(session.scalars(select(Mail).where(Mail.notice == devices.NOTICE)))


def test_the_very_first_one_is_no_news(session: ResellerSession, alice: Person) -> None:
    assert arrive(session, alice, ONE, FIREFOX, HOME) == []


def test_a_new_browser_in_a_new_network_is_told_of(session: ResellerSession, alice: Person) -> None:
    arrive(session, alice, ONE, FIREFOX, HOME)
    (mail,) = arrive(session, alice, TWO, CHROME, OFFICE)
    assert mail.recipient == "alice@acme.test"
    for said in ("Chrome, Linux", OFFICE, f"{ORIGIN}/profile/sessions"):
        assert said in mail.text
    assert ONE not in mail.text + mail.html
    assert arrive(session, alice, TWO, CHROME, OFFICE) == [mail]


@pytest.mark.parametrize(
    ("token", "browser", "address"),
    [
        (ONE, CHROME, OFFICE),  # its cookie is known
        (TWO, FIREFOX, HOME),  # it has lost its cookie
        (TWO, NEWER, HOME),  # and was updated
    ],
)
def test_one_that_is_known_by_either_is_no_news(
    session: ResellerSession, alice: Person, token: str, browser: str, address: str
) -> None:
    arrive(session, alice, ONE, FIREFOX, HOME)
    assert arrive(session, alice, token, browser, address) == []


def test_one_mail_an_hour_is_enough(session: ResellerSession, alice: Person) -> None:
    arrive(session, alice, ONE, FIREFOX, HOME)
    assert len(arrive(session, alice, TWO, CHROME, OFFICE)) == 1
    assert len(arrive(session, alice, THREE, "curl/8", "203.0.113.9")) == 1
    with clock.pretending(clock.now() + timedelta(minutes=61)):
        assert len(arrive(session, alice, "d" * 43, "Opera/9", "203.0.113.10")) == 2


def test_the_browser_in_which_a_password_was_chosen_is_known(
    session: ResellerSession, alice: Person
) -> None:
    arrive(session, alice, ONE, FIREFOX, HOME)
    devices.know(session, alice, token=TWO, browser=CHROME, address=OFFICE)
    assert arrive(session, alice, TWO, CHROME, OFFICE) == []


def test_a_browser_known_to_one_is_new_to_another(
    session: ResellerSession, alice: Person, cast: Cast
) -> None:
    henry = session.get_one(Person, (SUNNY, cast.henry.owner.person_id))
    arrive(session, alice, ONE, FIREFOX, HOME)
    arrive(session, henry, TWO, CHROME, OFFICE)
    (mail,) = arrive(session, henry, ONE, FIREFOX, HOME)
    assert mail.recipient == "henry@hardware.test"


def test_only_hashes_are_kept_and_for_a_year(session: ResellerSession, alice: Person) -> None:
    arrive(session, alice, ONE, FIREFOX, HOME)
    kept = session.scalars(select(KnownDevice.hash)).all()
    assert {len(each) for each in kept} == {64}
    assert len(kept) == 2
    with clock.pretending(clock.now() + timedelta(days=366)):
        devices.forget_old(session)
    assert session.scalars(select(KnownDevice.hash)).all() == []


@pytest.mark.parametrize("given", ["", "x", "é" * 43, "a" * 44, "a" * 42 + "\n"])
def test_a_cookie_that_is_none_of_ours_is_replaced(given: str) -> None:
    assert devices.token_of(given) != given
    assert devices.token_of(ONE) == ONE


def test_who_guesses_elsewhere_does_not_keep_the_owner_out(
    session: ResellerSession, alice: Person
) -> None:
    """The owner's own browser has a count of its own; that of everybody else stays full."""
    devices.know(session, alice, token=ONE, browser=FIREFOX, address=HOME)
    for number in range(30):
        try:
            login.begin(session, email=alice.email, address=f"203.0.113.{number}")
        except TooOften:
            assert number >= attempts.PER_ACCOUNT.count_max
    with pytest.raises(TooOften):
        login.begin(session, email=alice.email, address=OFFICE, device=TWO)
    assert login.begin(session, email=alice.email, address=HOME, device=ONE).device == ONE
    for _ in range(9):
        login.begin(session, email=alice.email, address=HOME, device=ONE)
    with pytest.raises(TooOften):
        login.begin(session, email=alice.email, address=OFFICE, device=ONE)


def test_anothers_browser_has_no_count_of_its_own(
    session: ResellerSession, alice: Person, cast: Cast
) -> None:
    henry = session.get_one(Person, (SUNNY, cast.henry.owner.person_id))
    devices.know(session, henry, token=ONE, browser=FIREFOX, address=HOME)
    assert login.begin(session, email=alice.email, address=HOME, device=ONE).device == ""
    assert login.begin(session, email="nobody@acme.test", address=HOME, device=ONE).device == ""
