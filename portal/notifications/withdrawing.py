"""Take back mails that were written and not sent yet, with the jobs that would write more."""

from __future__ import annotations

from sqlalchemy import delete

from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.notifications.models import Mail


def withdraw_unsent(session: ResellerSession) -> None:
    """Forget every mail of the session's reseller that was not sent, and all of its waiting jobs.

    For a past that was made up: nobody shall get two months of mails on one morning.
    """
    session.execute(delete(Mail).where(Mail.sent_at.is_(None), Mail.refused_at.is_(None)))
    queue.withdraw(session, reseller_id=session.reseller_id)
