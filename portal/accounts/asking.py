"""Questions of clients to their reseller: a mail, and a line on the client's time line."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.accounts import access, activity, attempts, timeline
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.timeline import Kind
from portal.infra.db import ResellerSession
from portal.infra.throttle import Limit
from portal.notifications import outbox
from portal.tenancy import links, resellers

NOTICE: Final = "client_asked"
TEXT_LENGTH_MAX: Final = 2_000
PER_CLIENT: Final = Limit(count_max=10, window=timedelta(hours=1))


def ask(
    session: ResellerSession, *, by: Actor, text: str, page: str, reply_to: str, origin: str
) -> int:
    """Mail a question to the reseller, with the client's address to answer to; the note's id.

    `page` is the path that it was asked from. The answer goes by mail: nothing is promised here.

    Raises:
        NotAllowed: the actor is nobody of a client, or is in another's place.
        NotFound: there is no such client.
    """
    if by.client_id is None or by.viewing is not None:
        raise NotAllowed("only clients themselves ask")
    client = access.client_by_id(session, actor=by, client_id=by.client_id)
    note = timeline.add(
        session,
        client_id=client.id,
        kind=Kind.ASKED,
        text=f"{text}\n\n{page} · {reply_to}" if page else f"{text}\n\n{reply_to}",
        by=by,
    )
    activity.record(session, by=by, what="client.asked", client_id=client.id, about_id=note.id)
    _mail(session, client, by, text=text, page=page, reply_to=reply_to, origin=origin)
    return note.id


def count(session: ResellerSession, *, by: Actor) -> None:
    """Count a question before it is asked; its caller commits, also after a refusal.

    Raises:
        TooOften: the client has asked as often as anybody reads.
    """
    attempts.count_for_account(session, "ask", account=str(by.client_id), limit=PER_CLIENT)


def _mail(
    session: ResellerSession,
    client: Client,
    by: Actor,
    *,
    text: str,
    page: str,
    reply_to: str,
    origin: str,
) -> None:
    reseller = resellers.own(session)
    outbox.write(
        session,
        NOTICE,
        to=reseller.email,
        language=reseller.language,
        values={
            "firstname": client.firstname,
            "lastname": client.lastname,
            "company": client.name,
            "name": by.name,
            "email": reply_to,
            "text": text,
            "page": f"{origin}{page}" if page else "",
            "url": links.client_page(origin, client.id),
        },
        client_id=client.id,
        reply_to=reply_to,
    )
