"""Sign-ups whose address nobody confirms: they go, since nothing was booked for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, confirming
from portal.accounts.actor import system
from portal.accounts.client_models import ClientCard
from portal.accounts.consent_models import Consent
from portal.accounts.models import Client, OneTimeLink, Person
from portal.accounts.sign_up_models import ApprovalLink, SignUpRecord
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.notifications import mail_record

KEPT: Final = timedelta(days=7)
AT_ONCE: Final = 500
"""So many are looked at in one go; the rest is looked at the next day."""


def remove_old(session: ResellerSession) -> int:
    """Remove who has not confirmed within a week; how many were.

    Somebody about whom staff has written something down stays: it is for staff to refuse them.
    """
    old = session.scalars(
        select(Client)
        .join(SignUpRecord, SignUpRecord.client_id == Client.id)
        .where(
            Client.email_confirmed_at.is_(None),
            Client.activated_at.is_(None),
            Client.refused_at.is_(None),
            Client.closed_at.is_(None),
            Client.wallet_id.is_(None),
            Client.created_at < clock.now() - KEPT,
        )
        .order_by(Client.id)
        .limit(AT_ONCE)
        .with_for_update(of=Client, skip_locked=True)
    ).all()
    return sum(_removed(session, client, "client.never_confirmed") for client in old)


def give_way(session: ResellerSession, *, client_id: int) -> None:
    """Remove a sign-up that was never confirmed, since the same address signs up anew."""
    client = session.get(
        Client, (session.reseller_id, client_id), with_for_update=True, populate_existing=True
    )
    if client is not None and client.wallet_id is None and confirming.awaited(session, client):
        _removed(session, client, "client.signed_up_anew")


def _removed(session: ResellerSession, client: Client, what: str) -> bool:
    number, client_id = client.number, client.id
    try:
        with session.begin_nested():
            _remove(session, client_id)
    except IntegrityError:
        return False
    activity.record(session, by=system(session.reseller_id), what=what, number=number)
    return True


def _remove(session: ResellerSession, client_id: int) -> None:
    people = select(Person.id).where(Person.client_id == client_id).scalar_subquery()
    kept_with = (
        delete(OneTimeLink).where(OneTimeLink.person_id.in_(people)),
        delete(Consent).where(Consent.client_id == client_id),
        delete(ApprovalLink).where(ApprovalLink.client_id == client_id),
        delete(SignUpRecord).where(SignUpRecord.client_id == client_id),
        delete(Person).where(Person.client_id == client_id),
        delete(ClientCard).where(ClientCard.client_id == client_id),
        delete(Client).where(Client.id == client_id),
    )
    mail_record.forget_client(session, client_id=client_id)
    for statement in kept_with:
        session.execute(statement.execution_options(synchronize_session="fetch"))
