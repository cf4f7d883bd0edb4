"""Clients ask for countries, and staff answer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import country_requests
from portal.messaging.country_requests import (
    OPEN_MAX,
    AlreadyDecided,
    AlreadyOpen,
    Decision,
    TooManyRequests,
)
from portal.messaging.models import CountryRequest
from portal.notifications.models import Mail
from portal.pricing import destinations
from portal.tenancy import settings
from tests.builders.money import client_of
from tests.cast import Cast, Firm

ORIGIN = "http://sunny.localhost:8000"


def _ask(session: ResellerSession, firm: Firm, country: str = "FR") -> CountryRequest:
    return country_requests.ask(
        session, client_id=firm.client_id, country=country, by=firm.owner, origin=ORIGIN
    )


def _mails(session: ResellerSession) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Mail.notice, Mail.recipient)
        .where(Mail.notice.startswith("country_"))
        .order_by(Mail.id)
    )
    return [(notice, recipient) for notice, recipient in rows]


@pytest.mark.parametrize("country", ["XX", "fr", "", "001"])
def test_what_is_no_country_is_not_there(
    session: ResellerSession, cast: Cast, country: str
) -> None:
    with pytest.raises(NotFound):
        _ask(session, cast.alice, country)


@pytest.mark.parametrize("country", ["US", "DE"])
def test_an_open_country_is_not_asked_for(
    session: ResellerSession, cast: Cast, country: str
) -> None:
    with pytest.raises(AlreadyOpen):
        _ask(session, cast.alice, country)
    settings.change(session, countries=["*"])
    with pytest.raises(AlreadyOpen):
        _ask(session, cast.alice, "FR")


def test_only_so_many_wait_at_once(session: ResellerSession, cast: Cast) -> None:
    closed = [each.code for each in destinations.COUNTRIES if each.code not in {"US", "DE", "PL"}]
    for country in closed[:OPEN_MAX]:
        _ask(session, cast.alice, country)
    with pytest.raises(TooManyRequests) as refused:
        _ask(session, cast.alice, closed[OPEN_MAX])
    assert refused.value.most == OPEN_MAX
    assert _ask(session, cast.alice, closed[0]).country == closed[0]


def test_the_reseller_is_told_once(session: ResellerSession, cast: Cast) -> None:
    first = _ask(session, cast.alice)
    assert _ask(session, cast.alice) is first
    assert _mails(session) == [("country_asked", "office@sunny.test")]
    mail = session.scalars(select(Mail).where(Mail.notice == "country_asked")).one()
    assert mail.subject == "Acme asks for France"
    assert f"{ORIGIN}/reseller/country-requests" in mail.text
    assert country_requests.count_waiting(session) == 1
    (waiting,) = country_requests.waiting(session)
    assert (waiting.request, waiting.client.name) == (first, "Acme")
    assert country_requests.latest_of(session, cast.alice.client_id) == {"FR": first}
    assert country_requests.latest_of(session, cast.henry.client_id) == {}


def test_open_for_the_client_that_asked(session: ResellerSession, cast: Cast) -> None:
    request = _ask(session, cast.alice)
    country_requests.open_for_client(session, request.id, by=cast.sam, origin=ORIGIN)
    assert client_of(session, cast.alice).countries == ["FR"]
    assert client_of(session, cast.henry).countries == []
    assert (request.decision, request.decided_by_id) == (Decision.FOR_CLIENT, cast.sam.person_id)
    assert _mails(session)[1:] == [("country_opened", "alice@acme.test")]
    assert country_requests.count_waiting(session) == 0
    with pytest.raises(AlreadyOpen):
        _ask(session, cast.alice)


def test_what_was_opened_meanwhile_is_not_opened_twice(
    session: ResellerSession, cast: Cast
) -> None:
    request = _ask(session, cast.alice)
    settings.change(session, countries=["FR"])
    country_requests.open_for_client(session, request.id, by=cast.sam, origin=ORIGIN)
    assert client_of(session, cast.alice).countries == []


def test_open_for_all_answers_everybody(session: ResellerSession, cast: Cast) -> None:
    hers, his, other = _ask(session, cast.alice), _ask(session, cast.henry), None
    other = _ask(session, cast.henry, "ES")
    country_requests.open_for_all(session, hers.id, by=cast.sam, origin=ORIGIN)
    assert settings.read(session).countries == ["US", "DE", "PL", "FR"]
    assert [hers.decision, his.decision, other.decision] == ["for_all", "for_all", ""]
    assert _mails(session)[3:] == [
        ("country_opened", "alice@acme.test"),
        ("country_opened", "henry@hardware.test"),
    ]


def test_what_is_open_for_all_stays_as_it_is(session: ResellerSession, cast: Cast) -> None:
    request = _ask(session, cast.alice)
    settings.change(session, countries=["*"])
    country_requests.open_for_all(session, request.id, by=cast.sam, origin=ORIGIN)
    assert settings.read(session).countries == ["*"]


def test_a_declined_country_stays_closed_and_may_be_asked_for_again(
    session: ResellerSession, cast: Cast
) -> None:
    request = _ask(session, cast.alice)
    country_requests.decline(
        session, request.id, reason="Too much fraud", by=cast.sam, origin=ORIGIN
    )
    assert client_of(session, cast.alice).countries == []
    mail = session.scalars(select(Mail).where(Mail.notice == "country_declined")).one()
    assert "Too much fraud" in mail.text
    again = _ask(session, cast.alice)
    assert again.id != request.id
    assert country_requests.latest_of(session, cast.alice.client_id)["FR"] is again


@pytest.mark.parametrize("verb", ["open_for_client", "open_for_all", "decline"])
def test_a_request_is_answered_once(session: ResellerSession, cast: Cast, verb: str) -> None:
    request = _ask(session, cast.alice)
    country_requests.decline(session, request.id, reason="No", by=cast.sam, origin=ORIGIN)
    more = {"reason": "No"} if verb == "decline" else {}
    answer = getattr(country_requests, verb)
    with pytest.raises(AlreadyDecided):
        answer(session, request.id, by=cast.sam, origin=ORIGIN, **more)
    with pytest.raises(NotFound):
        answer(session, 7, by=cast.sam, origin=ORIGIN, **more)


def test_another_resellers_request_is_none(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    request = _ask(session, cast.alice)
    assert country_requests.by_id(session, request.id) is request
    with pytest.raises(NotFound):
        country_requests.by_id(harbour_session, request.id)


def test_what_was_done_is_written_down(session: ResellerSession, cast: Cast) -> None:
    first, second = _ask(session, cast.alice), _ask(session, cast.alice, "ES")
    country_requests.open_for_client(session, first.id, by=cast.sam, origin=ORIGIN)
    country_requests.open_for_all(session, second.id, by=cast.sam, origin=ORIGIN)
    session.flush()
    done = session.scalars(
        select(Activity.what).where(Activity.what.startswith("country.")).order_by(Activity.id)
    ).all()
    assert done == [
        "country.asked", "country.asked", "country.opened", "country.opened_for_all",
    ]  # fmt: skip
