"""Refused messages on the client's time line: once a day for each reason that staff can mend."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts import clients, timeline
from portal.accounts.models import Activity
from portal.infra import afterwards
from portal.infra.db import ResellerSession
from portal.messaging import sending
from portal.messaging.errors import ClientSuspended, MessagingError
from portal.messaging.sending import Order
from tests.cast import Cast


def noted(session: ResellerSession) -> list[tuple[str, str]]:
    for act in afterwards.taken(session):
        act(session)
    session.flush()
    rows = session.scalars(select(Activity).where(Activity.what == "client.send_refused"))
    return [(each.what, each.details["refusal"]) for each in rows]


def refused(session: ResellerSession, cast: Cast, order: Order) -> None:
    with pytest.raises(MessagingError):
        sending.accept_one(session, actor=cast.alice.owner, sub_account_id=None, order=order)


def test_what_staff_can_mend_is_noted_once(session: ResellerSession, cast: Cast) -> None:
    france = Order(to="+33612345678", text="Salut")
    for _ in range(2):
        refused(session, cast, france)
    assert noted(session) == [("client.send_refused", "country_not_open")]
    refused(session, cast, Order(to="+12025550101", text="Hi", sender="Nobody"))
    assert noted(session) == [
        ("client.send_refused", "country_not_open"),
        ("client.send_refused", "sender_not_allowed"),
    ]
    events = timeline.of_client(session, client_id=cast.alice.client_id)
    assert [each.act.what for each in events[:2] if each.act] == ["client.send_refused"] * 2


@pytest.mark.parametrize("order", [Order(to="12", text="x"), Order(to="+12025550101", text="")])
def test_what_somebody_mistypes_is_not(session: ResellerSession, cast: Cast, order: Order) -> None:
    refused(session, cast, order)
    assert noted(session) == []


def test_who_may_send_nothing_at_all_is_noted(session: ResellerSession, cast: Cast) -> None:
    clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="spam")
    session.flush()
    with pytest.raises(ClientSuspended):
        sending.accept(
            session, actor=cast.alice.owner, sub_account_id=None,
            orders=[Order(to="+12025550101", text="Hi")],
        )  # fmt: skip
    assert noted(session) == [("client.send_refused", "client_suspended")]
