"""Change how a reseller's mails go out, and send one again, as somebody: it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.mail_errors import MailError, Trouble
from portal.infra.vault import Vault
from portal.notifications import (
    delivery,
    mail_keys,
    mail_letters,
    mail_outcomes,
    mail_record,
    mail_senders,
    mail_servers,
)
from portal.notifications.delivery import Parcel
from portal.notifications.mail_keys import Found
from portal.notifications.mail_servers import Written
from portal.notifications.models import Mail, MailKey

TEST_SECONDS: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A test mail that is about to be sent, and what it tests."""

    mail_id: int
    parcel: Parcel
    tested: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of it; `answer` is what the server has said, if it has said anything."""

    trouble: Trouble | None
    answer: str

    @property
    def is_good(self) -> bool:
        """Whether the server took the mail."""
        return self.trouble is None


def change_sender(
    session: ResellerSession, *, by: Actor, name: str, address: str, reply_to: str
) -> None:
    """Have mails be from somebody else from now on; the same as before is not written down.

    Raises:
        MailSettingUnfit: `address` or `reply_to` is none, or cannot be done without.
    """
    before = mail_senders.own(session)
    after = mail_senders.change(session, name=name, address=address, reply_to=reply_to)
    if after != before:
        activity.record(session, by=by, what="mail.sender_changed", description=after.address)


def change_server(
    session: ResellerSession, written: Written, *, by: Actor, vault: Vault, settings: Settings
) -> None:
    """Keep an own mail server; it is used once it has taken a test mail.

    Raises:
        MailSettingUnfit: for the first field that is wrong.
    """
    row = mail_servers.change(session, written, vault=vault, settings=settings)
    activity.record(
        session, by=by, what="mail.server_changed", description=f"{row.host}:{row.port}"
    )


def remove_server(session: ResellerSession, *, by: Actor) -> None:
    """Do without an own mail server; without one nothing happens."""
    row = mail_servers.own(session)
    if row is not None:
        mail_servers.remove(session)
        activity.record(session, by=by, what="mail.server_removed", description=row.host)


def prepare_trial(
    session: ResellerSession,
    *,
    by: Actor,
    language: str,
    url: str,
    vault: Vault,
    settings: Settings,
) -> Trial:
    """A test mail to whoever asks for it, through the own server, kept in the record of mails.

    Raises:
        NotFound: there is no own server.
    """
    server = mail_servers.own(session)
    if server is None:
        raise NotFound("mail server", session.reseller_id)
    mail = mail_letters.test(session, server, to=by.email, language=language, url=url)
    session.flush()
    mail_outcomes.begun(session, mail.id)
    parcel = delivery.packed_for(
        session, mail, server, vault=vault, settings=settings, all_seconds=TEST_SECONDS
    )
    return Trial(mail_id=mail.id, parcel=parcel, tested=mail_servers.as_tested(server))


def try_out(trial: Trial) -> Verdict:
    """Send it, within ten seconds; no transaction may be open.

    Raises:
        CalledInsideTransaction: one is.
    """
    try:
        delivery.hand_over(trial.parcel)
    except MailError as error:
        return Verdict(trouble=error.trouble, answer=error.reason)
    return Verdict(trouble=None, answer="")


def record_trial(session: ResellerSession, trial: Trial, verdict: Verdict, *, by: Actor) -> None:
    """Write down what came of it; a server that took it is used from now on."""
    if verdict.trouble is None:
        mail_outcomes.sent(session, trial.mail_id)
        mail_servers.prove(session, trial.tested)
    else:
        error = MailError(verdict.answer, trouble=verdict.trouble)
        mail_outcomes.refused(session, trial.mail_id, error)  # nobody tries a test again
        mail_servers.note_trial(session, trial.tested, error)
    activity.record(session, by=by, what="mail.server_tested", description=verdict.answer)


def make_key(session: ResellerSession, *, by: Actor, vault: Vault) -> None:
    """A new key to sign mails with; it signs once its record is found.

    Raises:
        MailSettingUnfit: there is no From address.
    """
    key = mail_keys.make(session, vault=vault)
    activity.record(session, by=by, what="mail.key_made", description=key.domain)


def record_look(session: ResellerSession, key: MailKey, found: Found, *, by: Actor) -> None:
    """Write down what stands in the DNS for a key: whether it signs from now on.

    Raises:
        NotFound: somebody has replaced it meanwhile.
    """
    before = mail_keys.by_id(session, key.id).proven_at is not None
    after = mail_keys.note(session, key.id, found).proven_at is not None
    if after != before:
        what = "mail.key_found" if after else "mail.key_lost"
        activity.record(session, by=by, what=what, description=key.domain)


def repeat(session: ResellerSession, mail_id: int, *, to: str, by: Actor) -> Mail:
    """Send what a mail said once more.

    Raises:
        NotFound, NotResendable, MailSettingUnfit: as `mail_record.repeat` does.
    """
    again = mail_record.repeat(session, mail_id, to=to)
    activity.record(
        session,
        by=by,
        what="mail.repeated",
        client_id=again.client_id,
        about_id=mail_id,
        description=again.recipient,
    )
    return again


def hasten(session: ResellerSession, mail_id: int, *, by: Actor) -> None:
    """Try a mail that waits as soon as the worker gets to it.

    Raises:
        NotFound, NotWaiting: as `mail_record.hasten` does.
    """
    mail = mail_record.hasten(session, mail_id)
    activity.record(
        session,
        by=by,
        what="mail.hastened",
        client_id=mail.client_id,
        about_id=mail_id,
        description=mail.recipient,
    )
