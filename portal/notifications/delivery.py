"""Which way a mail goes, in whose name, and the handing over.

| own server | signature of the From domain | goes through | From |
| --- | --- | --- | --- |
| in use | any | the own server | the own address |
| none, or paused | found in the DNS | the operator's relay | the own address |
| none, or paused | not found | the operator's relay | the portal's |
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.infra import dkim_signing, mime, outgoing
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.dkim_signing import Signer
from portal.infra.mail import Mailer
from portal.infra.mime import Attachment, Enclosure, Letter
from portal.infra.vault import Vault
from portal.notifications import mail_keys, mail_senders, mail_servers, rendering
from portal.notifications.mail_outcomes import TRIES_MAX
from portal.notifications.models import Mail, MailServer
from portal.tenancy import hostnames, images


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A mail with all that is needed to hand it over, so that no transaction is open meanwhile."""

    letter: Letter
    envelope_sender: str
    mailer: Mailer
    signer: Signer | None
    is_own: bool
    """Whether it goes through the reseller's own server."""


def packed(
    session: ResellerSession,
    mail: Mail,
    *,
    relay: Mailer,
    vault: Vault,
    settings: Settings,
    attachments: tuple[Attachment, ...] = (),
) -> Parcel:
    """The mail as it goes out now; what is decided here is noted on it.

    Raises:
        NotFound: the reseller has no host name.
    """
    # The last try is made where it depends on nobody but the operator.
    is_last = mail.attempts >= TRIES_MAX
    server = None if is_last else mail_servers.in_use(session)
    own = None if server is None else mail_servers.mailer(server, vault=vault, settings=settings)
    return _packed(
        session,
        mail,
        own=own,
        relay=relay,
        vault=vault,
        settings=settings,
        attachments=attachments,
    )


def packed_for(
    session: ResellerSession,
    mail: Mail,
    server: MailServer,
    *,
    vault: Vault,
    settings: Settings,
    all_seconds: float,
) -> Parcel:
    """The mail as it goes through this server, proven or not, and not otherwise.

    Raises:
        NotFound: the reseller has no host name.
    """
    own = mail_servers.mailer(server, vault=vault, settings=settings, all_seconds=all_seconds)
    return _packed(session, mail, own=own, relay=own, vault=vault, settings=settings)


def hand_over(parcel: Parcel) -> None:
    """Call whoever takes it, once.

    Raises:
        MailRefused, MailDelayed: it was not taken.
        InvalidAddress: the installation's own sender address is none.
        CalledInsideTransaction: a fault of the caller's; nothing was sent.
    """
    with outgoing.call("mail"):
        message = mime.compose(parcel.letter)
        if parcel.signer is not None:
            mime.add_signature(message, dkim_signing.signature(message.as_bytes(), parcel.signer))
        parcel.mailer.send(message, sender=parcel.envelope_sender, to=parcel.letter.to)


def _packed(
    session: ResellerSession,
    mail: Mail,
    *,
    own: Mailer | None,
    relay: Mailer,
    vault: Vault,
    settings: Settings,
    attachments: tuple[Attachment, ...] = (),
) -> Parcel:
    host = hostnames.primary_of(session)
    neutral = settings.mail_from or f"no-reply@{host}"
    chosen = mail_senders.own(session)
    signer = mail_keys.signer(session, domain=chosen.domain, vault=vault) if chosen.domain else None
    # Through the relay, only a signature says that the domain lets us write in its name.
    is_theirs = own is not None or signer is not None
    shown = chosen.address if is_theirs else neutral
    mail.from_address = shown if is_theirs else ""  # the other may be the operator's
    mail.through_own = own is not None
    return Parcel(
        letter=Letter(
            id=mail.id,
            written_at=mail.created_at,
            domain=host,
            title=mail.sender_name,
            sender=shown,
            to=mail.recipient,
            reply_to=mail.reply_to,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            enclosure=_enclosure(session, mail.html),
            attachments=attachments,
        ),
        envelope_sender=shown if own is not None else neutral,
        mailer=own or relay,
        signer=signer,
        is_own=own is not None,
    )


def _enclosure(session: ResellerSession, page: str) -> Enclosure | None:
    """The logo that the mail was drawn with; pictures stay when a brand changes."""
    shown = rendering.enclosed(page)
    if shown is None:
        return None
    address, name = shown
    image = images.by_hash(session, name)
    return Enclosure(
        id=address.removeprefix("cid:"), media_type=image.media_type, content=image.content
    )
