"""Whether the mail domain of somebody new names a server that takes mail: ask, look up, note."""

from __future__ import annotations

from typing import Protocol

from portal.accounts.models import Client
from portal.accounts.sign_up_models import SignUpRecord
from portal.infra import outgoing
from portal.infra.db import ResellerSession
from portal.infra.dns import LookUpFailed


class MailServers(Protocol):
    """Whoever knows the mail servers of a domain."""

    def mail_servers(self, name: str) -> list[str]:
        """The servers that a domain names.

        Raises:
            LookUpFailed: whether there are any is not known.
        """
        ...


def domain_of(session: ResellerSession, *, client_id: int) -> str | None:
    """The domain to look up; None where that is done, or nobody waits for the answer any more."""
    record = session.get(SignUpRecord, (session.reseller_id, client_id))
    client = session.get(Client, (session.reseller_id, client_id))
    if record is None or client is None or record.takes_mail is not None:
        return None
    return client.mail_domain or None


def look_up(domain: str, resolver: MailServers) -> bool | None:
    """Whether a domain names a mail server; None if nobody has said anything certain.

    Raises:
        CalledInsideTransaction: a transaction is open in this context.
    """
    with outgoing.call("mail domain"):
        try:
            return bool(resolver.mail_servers(domain))
        except LookUpFailed:
            return None


def note(session: ResellerSession, *, client_id: int, takes_mail: bool | None) -> None:
    """Write down what was found, if the client is still there."""
    record = session.get(SignUpRecord, (session.reseller_id, client_id))
    if record is not None:
        record.takes_mail = takes_mail
