"""The mail that says how much of a bundle is used."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.billing import bundle_letters
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.notifications.models import Mail
from portal.pricing.models import Bundle
from tests.builders.conditions import in_one_currency
from tests.builders.money import client_of
from tests.builders.selling import give, package
from tests.cast import Cast

JAN_31, FEB_28 = date(2027, 1, 31), date(2027, 2, 28)
URL = "http://sunny.localhost/usage"


@pytest.fixture
def bundle_id(session: ResellerSession, cast: Cast) -> int:
    """A bundle of alice's, who reads Portuguese."""
    client_of(session, cast.alice).language = "pt-PT"
    chosen = package(session, "Plenty", in_one_currency("USD", bundle_parts=25_000))
    give(session, cast.alice, chosen, by=cast.sam, on=JAN_31)
    return session.scalars(
        select(Bundle.id).where(Bundle.client_id == cast.alice.client_id, Bundle.size == 25_000)
    ).one()


def used(session: ResellerSession, bundle_id: int, today: date) -> bool:
    return bundle_letters.used(session, bundle_id=bundle_id, percent=80, today=today, url=URL)


def mails(session: ResellerSession) -> list[Mail]:
    session.flush()
    return list(session.scalars(select(Mail).where(Mail.notice == "bundle_used")))


def test_it_is_told_in_the_clients_language_until_the_period_is_over(
    session: ResellerSession, bundle_id: int
) -> None:
    assert used(session, bundle_id, date(2027, 2, 27))
    (mail,) = mails(session)
    body = mail.text.replace("\N{NO-BREAK SPACE}", " ")
    for each in ("Plenty", "80", "25 000", "28 de fevereiro de 2027", URL):
        assert each in body, each
    assert not used(session, bundle_id, FEB_28)
    assert mails(session) == [mail]


def test_a_closed_client_is_not_told(session: ResellerSession, cast: Cast, bundle_id: int) -> None:
    client_of(session, cast.alice).closed_at = clock.now()
    session.flush()
    assert not used(session, bundle_id, JAN_31)
    assert mails(session) == []
