"""Writes every mail that a reseller's portal can write, in every language, and keeps none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from portal.infra import mime, translation
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.vault import Vault
from portal.notifications import catalogue, delivery, outbox
from portal.notifications.catalogue import Audience, Notice
from portal.tenancy import links, resellers

_TO = "somebody@example.com"


@dataclass(frozen=True)
class Written:
    """One mail as its reader's program would get it, and the sender that its envelope names."""

    notice: str
    language: str
    text: str


class _Nobody:
    """The relay of mails that are never sent."""

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Refuse, since sending one would be a fault of ours."""
        raise AssertionError(f"a mail to {to} from {sender} was only to be looked at: {message}")


def written(database: Database, *, reseller_id: int, settings: Settings) -> Iterator[Written]:
    """Every mail to clients and staff in every language of the portal; nothing is stored or sent.

    Each is written in a transaction of its own, which is undone, so that a long list holds nothing
    up. Values are the notice's samples, but for those that name the portal.
    """
    for notice in catalogue.NOTICES.values():
        if notice.audience is Audience.OPERATOR:
            continue
        for language in translation.languages():
            with database.session(reseller_id) as session:
                yield Written(
                    notice.key, language, _as_sent(session, notice, language, settings=settings)
                )
                session.rollback()


def _as_sent(session: ResellerSession, notice: Notice, language: str, *, settings: Settings) -> str:
    mail = outbox.write_to_send(
        session,
        notice.key,
        to=_TO,
        language=language,
        values=_values(session, notice, settings=settings),
    )
    session.flush()
    parcel = delivery.packed(
        session,
        mail,
        relay=_Nobody(),
        vault=Vault(settings.secret),
        settings=settings,
    )
    message = mime.compose(parcel.letter)
    lines = [f"Return-Path: {parcel.envelope_sender}"]
    for part in message.walk():
        lines += [f"{name}: {value}" for name, value in part.items()]
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and part.get_content_maintype() == "text":
            lines.append(content.decode("utf-8", "replace"))
    return "\n".join(lines)


def _values(session: ResellerSession, notice: Notice, *, settings: Settings) -> dict[str, str]:
    origin = links.origin_of(session, settings)
    own = {"url": links.home(origin), "company": resellers.own(session).name}
    return {name: own.get(name, sample.text) for name, sample in notice.values.items()}
