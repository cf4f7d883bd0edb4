"""Mails about mails, to a reseller's staff."""

from __future__ import annotations

import re
from typing import Final

from portal.infra.db import ResellerSession
from portal.notifications import mail_servers, outbox
from portal.notifications.models import Mail, MailServer
from portal.tenancy import resellers

FAILS: Final = "mail_server_failing"
TEST: Final = "mail_test"
# What is not a server's own answer is an exception of ours, and tells its reader nothing.
_ANSWER = re.compile(r"[2-5][0-9]{2} ")


def server_fails(session: ResellerSession, *, url: str) -> None:
    """Write that the own server takes no mails, and which way they go until it does."""
    server = mail_servers.own(session)
    if server is None:
        return
    reseller = resellers.own(session)
    said = server.answer if _ANSWER.match(server.answer) else ""
    outbox.write(
        session,
        FAILS,
        to=reseller.email,
        language=reseller.language,
        values={"server": server.host, "answer": said, "url": url},
    )


def test(session: ResellerSession, server: MailServer, *, to: str, language: str, url: str) -> Mail:
    """A mail that shows whether the server works; the caller sends it."""
    return outbox.write_to_send(
        session,
        TEST,
        to=to,
        language=language,
        values={"server": server.host, "url": url},
    )
