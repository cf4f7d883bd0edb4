"""How the tries to send a mail went, as its row tells it."""

from __future__ import annotations

from typing import Final

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.mail_errors import MailError
from portal.notifications import catalogue
from portal.notifications.models import Mail

TRIES_MAX: Final = 8


def begun(session: ResellerSession, mail_id: int) -> Mail | None:
    """Count a try, before it is made; None if the mail is settled, or is none.

    The row stays locked until the transaction ends, so that two tries do not begin at once.
    """
    mail = session.get(Mail, (session.reseller_id, mail_id), with_for_update=True)
    if mail is None or mail.sent_at is not None or mail.refused_at is not None:
        return None
    mail.attempts += 1
    mail.tried_at = clock.now()
    return mail


def sent(session: ResellerSession, mail_id: int) -> None:
    """It was taken."""
    mail = _of(session, mail_id)
    mail.sent_at = clock.now()
    mail.error = mail.trouble = ""
    _forget_secrets(mail)


def refused(session: ResellerSession, mail_id: int, error: MailError) -> None:
    """It will never be taken."""
    mail = _of(session, mail_id)
    mail.refused_at = clock.now()
    mail.error, mail.trouble = error.reason, error.trouble.value
    _forget_secrets(mail)


def delayed(
    session: ResellerSession, mail_id: int, error: MailError, *, is_last: bool = True
) -> bool:
    """It was not taken now; False if that was one try too many, and the mail is given up.

    Without `is_last` another way is left, and it is not.
    """
    mail = _of(session, mail_id)
    mail.error, mail.trouble = error.reason, error.trouble.value
    if is_last and mail.attempts >= TRIES_MAX:
        mail.refused_at = clock.now()
        _forget_secrets(mail)
        return False
    return True


def _of(session: ResellerSession, mail_id: int) -> Mail:
    return session.get_one(Mail, (session.reseller_id, mail_id))


def _forget_secrets(mail: Mail) -> None:
    # Its link opens an account; whoever reads the database later shall not find it.
    if catalogue.notice(mail.notice).confidential:
        mail.html = mail.text = ""
