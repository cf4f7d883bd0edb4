"""A reseller's own SMTP server: what may be one, how it is reached, and how it is doing.

What it refuses three times in a row goes through the operator's relay instead, and so does all else
for ten minutes; then it is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal.infra import clock, public_hosts
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.dns import DnsResolver
from portal.infra.mail_errors import MailDelayed, MailError, Trouble
from portal.infra.public_addresses import is_public
from portal.infra.public_hosts import NoSuchHost, NotPublic
from portal.infra.smtp import ALL_SECONDS, Security, SmtpMailer
from portal.infra.vault import Unsealable, Vault
from portal.notifications import mail_senders
from portal.notifications.errors import MailSettingUnfit, Wrong
from portal.notifications.models import MailServer
from portal.tenancy import hostname_rules, hostnames
from portal.tenancy.hostname_rules import NameUnfit, Why

PORTS: Final = (587, 465, 25, 2525)
PORT_MAX: Final = 65_535
FAILURES_MAX: Final = 3
PAUSE: Final = timedelta(minutes=10)
TOLD_AGAIN_AFTER: Final = timedelta(days=1)
_PURPOSE: Final = "mail server"


@dataclass(frozen=True, kw_only=True)
class Written:
    """A server as somebody has written it; no password is the one that is kept."""

    host: str
    port: int
    security: Security
    user: str
    password: str


def own(session: ResellerSession) -> MailServer | None:
    """The own server of the session's reseller, if it has one."""
    return session.get(MailServer, session.reseller_id)


def change(
    session: ResellerSession, written: Written, *, vault: Vault, settings: Settings
) -> MailServer:
    """Keep a server in place of the one before; it is used once it has taken a test mail.

    A kept password is not given to another server or for another user: whoever may change these
    must not learn it by that.

    Raises:
        MailSettingUnfit: for the first field that is wrong.
    """
    anywhere = settings.private_mail_servers
    host = _host(written.host, anywhere=anywhere)
    _refuse_unfit(written, anywhere=anywhere)
    if not mail_senders.own(session).address:
        raise MailSettingUnfit("host", Wrong.NO_ADDRESS)
    row = own(session)
    password = _password(row, written, host, vault)
    if row is None:
        row = MailServer()
        session.add(row)
    row.host, row.port, row.security = host, written.port, written.security.value
    row.user, row.password = written.user, password
    row.proven_at = row.told_at = None
    _forget_failures(row)
    session.flush()
    return row


def remove(session: ResellerSession) -> None:
    """Forget the server and its password; without one nothing happens."""
    row = own(session)
    if row is not None:
        session.delete(row)
        session.flush()


def in_use(session: ResellerSession) -> MailServer | None:
    """The own server, if it has taken a test mail and is not paused for its failures."""
    row = own(session)
    if row is None or row.proven_at is None:
        return None
    return None if row.paused_until is not None and row.paused_until > clock.now() else row


def as_tested(row: MailServer) -> tuple[str, ...]:
    """What a test mail says something about: with any of it changed, it has to be tested again."""
    return (row.host, str(row.port), row.security, row.user, row.password)


def prove(session: ResellerSession, tested: tuple[str, ...]) -> bool:
    """Use the server from now on, since it took a test mail; False if it is another by now."""
    row = own(session)
    if row is None or as_tested(row) != tested:
        return False
    row.proven_at = clock.now()
    _forget_failures(row)
    return True


def note_trial(session: ResellerSession, tested: tuple[str, ...], error: MailError) -> None:
    """Note what a test mail has met, for the page; whether the server is used does not change."""
    row = own(session)
    if row is not None and as_tested(row) == tested:
        row.trouble, row.answer = error.trouble.value, error.reason


def worked(session: ResellerSession) -> None:
    """Note that the server has taken a mail."""
    row = own(session)
    if row is not None:
        _forget_failures(row)


def failed(session: ResellerSession, error: MailError) -> bool:
    """Note that it has not, for no fault of the mail's; whether it is paused from now on."""
    row = session.get(MailServer, session.reseller_id, with_for_update=True)
    if row is None:
        return True
    row.failures += 1
    row.trouble, row.answer = error.trouble.value, error.reason
    row.failing_since = row.failing_since or clock.now()
    if row.failures < FAILURES_MAX:
        return False
    row.paused_until = clock.now() + PAUSE
    return True


def has_to_be_told(session: ResellerSession) -> bool:
    """Whether the reseller is to be written to that the server fails: once a day, and then noted.

    The next one to ask is answered no.
    """
    row = own(session)
    if row is None or row.failing_since is None:
        return False
    if row.told_at is not None and clock.now() - row.told_at < TOLD_AGAIN_AFTER:
        return False
    row.told_at = clock.now()
    return True


def mailer(
    server: MailServer, *, vault: Vault, settings: Settings, all_seconds: float = ALL_SECONDS
) -> SmtpMailer:
    """What hands mails to the server; nothing is connected to yet."""
    security = Security(server.security)

    def resolve(host: str) -> Sequence[str]:
        return _addresses(host, security, settings)

    return SmtpMailer(
        server.host,
        server.port,
        user=server.user,
        password=_opened(server, vault),
        security=security,
        resolve=resolve,
        is_own=True,
        all_seconds=all_seconds,
    )


def _addresses(host: str, security: Security, settings: Settings) -> list[str]:
    try:
        if settings.private_mail_servers:
            found = public_hosts.addresses_anywhere(host)
        else:
            found = public_hosts.addresses(host, resolver=DnsResolver(settings.nameservers))
    except NoSuchHost as none:
        reason = "the host name has no address"
        raise MailDelayed(reason, trouble=Trouble.NO_SUCH_HOST) from none
    except NotPublic as private:
        reason = "the host name leads into a private network"
        raise MailDelayed(reason, trouble=Trouble.NOT_PUBLIC) from private
    if security is Security.NONE and any(map(is_public, found)):
        reason = "mails do not cross the internet in the clear"
        raise MailDelayed(reason, trouble=Trouble.NO_ENCRYPTION)
    return found


def _opened(server: MailServer, vault: Vault) -> str:
    if not server.password:
        return ""
    try:
        return vault.open(server.password, purpose=_PURPOSE)
    except Unsealable:
        return ""  # the server will say that it is wrong, and so does the page


def _host(text: str, *, anywhere: bool) -> str:
    if anywhere:
        name = hostnames.normalise(text)
        if name is None:
            raise MailSettingUnfit("host", Wrong.HOST)
        return name
    try:
        return hostname_rules.read(text, zone="")
    except NameUnfit as unfit:
        wrong = {
            Why.PORT: Wrong.HOST_WITH_PORT,
            Why.LOCAL: Wrong.HOST_PRIVATE,
            Why.NUMBERS: Wrong.HOST_PRIVATE,
        }
        raise MailSettingUnfit("host", wrong.get(unfit.why, Wrong.HOST)) from None


def _refuse_unfit(written: Written, *, anywhere: bool) -> None:
    is_port = 1 <= written.port <= PORT_MAX if anywhere else written.port in PORTS
    if not is_port:
        raise MailSettingUnfit("port", Wrong.PORT)
    if written.security is Security.OFFERED or (written.security is Security.NONE and not anywhere):
        raise MailSettingUnfit("security", Wrong.SECURITY)
    for field in ("user", "password"):
        text = getattr(written, field)
        if not text.isascii() or not text.isprintable():
            raise MailSettingUnfit(field, Wrong.LETTERS)


def _password(row: MailServer | None, written: Written, host: str, vault: Vault) -> str:
    """The password as it is stored from now on."""
    if written.password:
        if not written.user:
            raise MailSettingUnfit("user", Wrong.PASSWORD_ALONE)
        return vault.seal(written.password, purpose=_PURPOSE)
    if not written.user:
        return ""
    if row is None or not row.password:
        raise MailSettingUnfit("password", Wrong.PASSWORD_ALONE)
    kept = (row.host, row.port, row.security, row.user)
    if kept != (host, written.port, written.security.value, written.user):
        raise MailSettingUnfit("password", Wrong.PASSWORD_AGAIN)
    return row.password


def _forget_failures(row: MailServer) -> None:
    row.failures, row.failing_since, row.paused_until = 0, None, None
    row.trouble = row.answer = ""
