"""The link in a reseller's mail that lets one client in: for whoever reads that mail, and once.

Whoever has it needs no sign-in, so that only its hash is kept, and the mail's text is not kept
once it is sent. It opens nothing but the request of that client.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update

from portal.accounts import activity, attempts
from portal.accounts.actor import Actor, system
from portal.accounts.errors import LinkSpent
from portal.accounts.models import Client
from portal.accounts.sign_up_models import ApprovalLink
from portal.accounts.statuses import Standing
from portal.infra import clock, signing
from portal.infra.db import ResellerSession

GOOD_FOR: Final = timedelta(days=7)
TOKEN_LENGTH_MAX: Final = 64


def make(session: ResellerSession, *, client_id: int, recipient: str) -> str:
    """A link's secret, for one mail to this address; only its hash is kept."""
    token = signing.random_token()
    now = clock.now()
    session.add(
        ApprovalLink(
            hash=signing.digest(token),
            client_id=client_id,
            recipient=recipient,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    return token


def count(session: ResellerSession, *, address: str) -> None:
    """Count one try to use a link.

    Raises:
        TooOften: the network or the reseller has tried as often as it may.
    """
    attempts.count(session, "approval", address=address)


def client_of(session: ResellerSession, *, token: str) -> Client:
    """Whom a link would let in.

    Raises:
        LinkSpent: it was used, is too old, or never was one; or the client waits no longer.
    """
    found = session.scalar(select(ApprovalLink.client_id).where(*_good(token)))
    client = found and session.get(Client, (session.reseller_id, found))
    if not client or client.standing is not Standing.WAIT:
        raise LinkSpent("this link does not work any more")
    return client


def use(session: ResellerSession, *, token: str, staff: Actor | None, address: str) -> Actor:
    """Spend a link; who it is that acts: signed-in staff, else the owner of the mail.

    Raises:
        LinkSpent: it was used, is too old, or never was one; or the client waits no longer.
    """
    client = client_of(session, token=token)
    # Two requests with one link: whoever comes second finds it used.
    recipient = session.scalar(
        update(ApprovalLink)
        .where(*_good(token))
        .values(used_at=clock.now())
        .returning(ApprovalLink.recipient)
        .execution_options(synchronize_session=False)
    )
    if recipient is None:
        raise LinkSpent("this link does not work any more")
    owner = replace(system(session.reseller_id), name=recipient, address=address)
    by = staff or owner
    activity.record(
        session, by=by, what="client.approved_by_link", client_id=client.id, recipient=recipient
    )
    return by


def _good(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        ApprovalLink.hash == signing.digest(token[:TOKEN_LENGTH_MAX]),
        ApprovalLink.used_at.is_(None),
        ApprovalLink.expires_at > clock.now(),
    )
