"""The record of mails: what was written to whom, what became of it, and sending it once more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update

from portal.infra import clock, ids, mime
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.notifications import catalogue, outbox
from portal.notifications.catalogue import Audience
from portal.notifications.errors import MailSettingUnfit, NotResendable, NotWaiting, Wrong
from portal.notifications.models import Mail

CONTENT_KEPT: Final = timedelta(days=90)
ROW_KEPT: Final = timedelta(days=400)
_ID_MAX: Final = 2**63 - 1


@unique
class State(StrEnum):
    """What has become of a mail so far."""

    WAITING = "waiting"
    RETRYING = "retrying"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which mails; `text` is a part of the recipient or of the subject."""

    states: tuple[State, ...] = ()
    text: str = ""
    notice: str = ""
    client_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING: Final = Chosen()


def state_of(mail: Mail) -> State:
    """What has become of it."""
    if mail.sent_at is not None:
        return State.SENT
    if mail.refused_at is not None:
        return State.REFUSED
    return State.RETRYING if mail.attempts else State.WAITING


def is_secret(mail: Mail) -> bool:
    """Whether nobody but its recipient may read it: its link opens an account."""
    known = catalogue.NOTICES.get(mail.notice)
    return known is None or known.confidential


def page(
    session: ResellerSession,
    *,
    chosen: Chosen = EVERYTHING,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Mail]:
    """The newest mails that are chosen, below an id."""
    query = select(Mail).where(*_conditions(chosen))
    if below_id is not None:
        query = query.where(Mail.id < below_id)
    return list(session.scalars(query.order_by(Mail.id.desc()).limit(limit)))


def by_id(session: ResellerSession, mail_id: int) -> Mail:
    """A mail.

    Raises:
        NotFound: there is none of this id, or no longer.
    """
    found = session.get(Mail, (session.reseller_id, mail_id))
    if found is None:
        raise NotFound("mail", mail_id)
    return found


def can_be_repeated(mail: Mail) -> bool:
    """Whether all of it is kept, and anybody may be sent it again."""
    return bool(mail.html) and not is_secret(mail)


def repeat(session: ResellerSession, mail_id: int, *, to: str) -> Mail:
    """Send what a mail said once more, to its recipient or to who has another address by now.

    It is a mail of its own, which names the first.

    Raises:
        NotFound: there is no such mail.
        NotResendable: its content is secret, or too old to be kept.
        MailSettingUnfit: `to` is no address.
    """
    first = by_id(session, mail_id)
    if not can_be_repeated(first):
        raise NotResendable(f"mail {mail_id} is not kept")
    try:
        recipient = mime.address(to)
    except mime.InvalidAddress:
        raise MailSettingUnfit("to", Wrong.ADDRESS) from None
    again = Mail(
        id=ids.new(),
        notice=first.notice,
        client_id=first.client_id,
        recipient=recipient,
        sender_name=first.sender_name,
        reply_to=first.reply_to,
        subject=first.subject,
        html=first.html,
        text=first.text,
        created_at=clock.now(),
        repeats_id=first.id,
        papers=first.papers,
    )
    session.add(again)
    session.flush()
    outbox.send_soon(session, again)
    return again


def hasten(session: ResellerSession, mail_id: int) -> Mail:
    """Try a mail that waits as soon as the worker gets to it.

    Raises:
        NotFound: there is no such mail.
        NotWaiting: it is settled by now.
    """
    mail = by_id(session, mail_id)
    if state_of(mail) not in {State.WAITING, State.RETRYING}:
        raise NotWaiting(f"mail {mail_id} is settled")
    outbox.send_soon(session, mail)
    return mail


def repeated_by(session: ResellerSession, mail_id: int) -> list[int]:
    """The mails that repeat this one, oldest first."""
    return list(
        session.scalars(select(Mail.id).where(Mail.repeats_id == mail_id).order_by(Mail.id))
    )


def forget_old(session: ResellerSession) -> None:
    """Forget what mails said after 90 days, and that there were any after 400; of all resellers."""
    settled = or_(Mail.sent_at.is_not(None), Mail.refused_at.is_not(None))
    session.execute(delete(Mail).where(Mail.id < ids.floor(clock.now() - ROW_KEPT), settled))
    session.execute(
        update(Mail)
        .where(Mail.id < ids.floor(clock.now() - CONTENT_KEPT), settled, Mail.html != "")
        .values(html="", text="")
        .execution_options(synchronize_session=False)
    )


def forget_client(session: ResellerSession, *, client_id: int) -> None:
    """Forget every mail to a client that is removed; what waits to be sent is not sent."""
    session.execute(
        delete(Mail).where(Mail.client_id == client_id).execution_options(synchronize_session=False)
    )


def erase(
    session: ResellerSession, *, client_id: int, addresses: Collection[str], names: Collection[str]
) -> None:
    """Delete the mails of a client that is erased, sent or not, and those to staff that name it.

    `addresses` and `names` are in small letters.
    """
    said = func.lower(func.concat(Mail.subject, " ", Mail.text))
    named = [func.strpos(said, each) > 0 for each in (*addresses, *names)]
    to_staff = [
        key for key, each in catalogue.NOTICES.items() if each.audience is not Audience.CLIENT
    ]
    session.execute(
        delete(Mail)
        .where(
            or_(
                Mail.client_id == client_id,
                func.lower(Mail.recipient).in_(addresses),
                and_(Mail.notice.in_(to_staff), or_(false(), *named)),
            )
        )
        .execution_options(synchronize_session=False)
    )


def forget_contents(session: ResellerSession, *, before: datetime) -> None:
    """Forget what settled mails of the reseller said, from before a moment."""
    session.execute(
        update(Mail)
        .where(Mail.id < _id_at(before), Mail.html != "", _SETTLED)
        .values(html="", text="")
        .execution_options(synchronize_session=False)
    )


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.states:
        found.append(or_(*(_IN_STATE[state] for state in chosen.states)))
    if chosen.text:
        wanted = chosen.text.lower()
        found.append(
            or_(
                func.lower(Mail.recipient).contains(wanted, autoescape=True),
                func.lower(Mail.subject).contains(wanted, autoescape=True),
            )
        )
    if chosen.notice:
        found.append(Mail.notice == chosen.notice)
    if chosen.client_id is not None:
        found.append(Mail.client_id == chosen.client_id)
    # Ids are in order of time, so that a period is a range of the key.
    if chosen.since is not None:
        found.append(Mail.id >= _id_at(chosen.since))
    if chosen.until is not None:
        found.append(Mail.id < _id_at(chosen.until))
    return found


def _id_at(moment: datetime) -> int:
    """The smallest id of a moment, or the nearest that the column can hold."""
    return max(0, min(ids.floor(moment), _ID_MAX))


_SETTLED: Final = or_(Mail.sent_at.is_not(None), Mail.refused_at.is_not(None))
_UNSETTLED: Final = Mail.sent_at.is_(None) & Mail.refused_at.is_(None)
_IN_STATE: Final[dict[State, ColumnElement[bool]]] = {
    State.WAITING: _UNSETTLED & (Mail.attempts == 0),
    State.RETRYING: _UNSETTLED & (Mail.attempts > 0),
    State.SENT: Mail.sent_at.is_not(None),
    State.REFUSED: Mail.refused_at.is_not(None),
}
