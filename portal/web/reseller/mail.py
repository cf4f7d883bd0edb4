"""How a portal's mails go out: in whose name, through which server, and with which signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import attempts
from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.language import language
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra import clock, dkim_signing
from portal.infra.dns import DnsResolver
from portal.infra.errors import NotFound
from portal.infra.throttle import TooOften
from portal.notifications import mail_keys, mail_senders, mail_servers
from portal.notifications.errors import MailSettingUnfit
from portal.notifications.mail_keys import Found
from portal.notifications.mail_senders import Sender
from portal.notifications.models import MailKey, MailServer
from portal.provisioning import mailing
from portal.tenancy import branding, hostnames, links, resellers
from portal.web.parts import mail_words
from portal.web.parts.pages import page
from portal.web.reseller.mail_forms import SenderForm, ServerForm
from portal.web.reseller.pages import blueprint

_SIGNING = "signing"
_SERVER = "server"


@dataclass(frozen=True, kw_only=True)
class ServerShown:
    """The own server, and how it is doing."""

    host: str
    is_proven: bool
    is_paused: bool
    failing_since: datetime | None
    trouble: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class KeyShown:
    """A key, and the record that its domain needs."""

    domain: str
    name: str
    value: str
    strings: list[str]
    is_proven: bool
    looked_at: datetime | None
    found: str


@blueprint.get("/mail")
@requires(Right.SETTINGS_MANAGE)
def mail() -> Answer:
    """All of it."""
    return _page()


@blueprint.post("/mail/sender")
@requires(Right.SETTINGS_MANAGE)
def mail_sender() -> Response:
    """Change whom mails are from."""
    form = SenderForm()
    if not form.validate_on_submit():
        return _page(sender_form=form)
    try:
        mailing.change_sender(
            session(),
            by=g.actor,
            name=form.name.data or "",
            address=form.address.data or "",
            reply_to=form.reply_to.data or "",
        )
    except MailSettingUnfit as unfit:
        form.refuse(unfit)
        return _page(sender_form=form)
    flash(gettext("Saved."), "success")
    return _back()


@blueprint.post("/mail/server")
@personally
@requires(Right.SETTINGS_MANAGE)
@fresh
def mail_server() -> Response:
    """Keep an own mail server."""
    form = ServerForm(has_password=_has_password())
    if not form.validate_on_submit():
        return _page(server_form=form)
    parts = current()
    try:
        mailing.change_server(
            session(), form.written(), by=g.actor, vault=parts.vault, settings=parts.settings
        )
    except MailSettingUnfit as unfit:
        form.refuse(unfit)
        return _page(server_form=form)
    flash(gettext("Saved. The server is used once it has taken a test mail."), "success")
    return _back(_SERVER)


@blueprint.post("/mail/server/remove")
@personally
@requires(Right.SETTINGS_MANAGE)
def remove_mail_server() -> Response:
    """Do without an own mail server."""
    mailing.remove_server(session(), by=g.actor)
    flash(gettext("The server and its password are removed."), "success")
    return _back(_SERVER)


@blueprint.post("/mail/server/test")
@personally
@requires(Right.SETTINGS_MANAGE)
def send_test_mail() -> Response:
    """Send a test mail to whoever asks for it, and say what the server has answered."""
    parts = current()
    try:
        _count_try()
        with own_transaction() as before:
            trial = mailing.prepare_trial(
                before,
                by=g.actor,
                language=language(),
                url=links.mail(links.origin_of(before, parts.settings)),
                vault=parts.vault,
                settings=parts.settings,
            )
    except TooOften:
        return _too_often()
    verdict = mailing.try_out(trial)
    with own_transaction() as after:
        mailing.record_trial(after, trial, verdict, by=g.actor)
    if verdict.is_good:
        done = gettext("The server took the test mail. It is on its way to %(to)s.")
        flash(done % {"to": g.actor.email}, "success")
    else:
        flash(gettext("The server did not take the test mail. See below why."), "danger")
    return _back(_SERVER)


@blueprint.post("/mail/key")
@personally
@requires(Right.SETTINGS_MANAGE)
def make_mail_key() -> Response:
    """Make a key for the domain of the From address."""
    try:
        _count_try()
        mailing.make_key(session(), by=g.actor, vault=current().vault)
    except TooOften:
        return _too_often()
    except MailSettingUnfit as unfit:
        flash(mail_words.wrong(unfit.wrong), "danger")
    return _back(_SIGNING)


@blueprint.post("/mail/key/check")
@requires(Right.SETTINGS_MANAGE)
def check_mail_key() -> Response:
    """Look whether the key's record is in the DNS."""
    try:
        _count_try("mail-key")  # whoever waits for the DNS has tried no server by it
        with own_transaction() as before:
            key = mail_keys.newest(before, domain=mail_senders.own(before).domain)
    except TooOften:
        return _too_often()
    if key is None:
        raise NotFound("mail key", g.tenant.reseller_id)
    found = mail_keys.look(key, DnsResolver(current().settings.nameservers))
    with own_transaction() as after:
        mailing.record_look(after, key, found, by=g.actor)
    flash(mail_words.found(found.value), "success" if found is Found.IT else "info")
    return _back(_SIGNING)


def _count_try(what: str = "mail-settings") -> None:
    """Whoever tries names and ports one after the other is slowed down.

    Raises:
        TooOften: there were too many.
    """
    with own_transaction() as beside:
        attempts.count_for_account(
            beside, what, account=str(g.tenant.reseller_id), limit=attempts.PER_ACCOUNT
        )


def _too_often() -> Answer:
    flash(gettext("Too many tries. Please wait a few minutes."), "danger")
    return _page(status=429)


def _back(section: str | None = None) -> Response:
    return redirect(url_for("reseller.mail", _anchor=section), 303)


def _has_password() -> bool:
    server = mail_servers.own(session())
    return server is not None and bool(server.password)


def _page(
    *,
    sender_form: SenderForm | None = None,
    server_form: ServerForm | None = None,
    status: int = 200,
) -> Answer:
    sender, server = mail_senders.own(session()), mail_servers.own(session())
    key = mail_keys.newest(session(), domain=sender.domain) if sender.domain else None
    return page(
        "reseller/mail.html",
        422 if sender_form or server_form else status,
        sender=sender,
        portal_title=branding.own(session()).title,
        portal_host=hostnames.primary_of(session()),
        portal_reply_to=resellers.own(session()).email,
        server=None if server is None else _server_shown(server),
        key=None if key is None else _key_shown(key),
        sender_form=sender_form or _sender_form(sender),
        server_form=server_form or _server_form(server),
    )


def _sender_form(sender: Sender) -> SenderForm:
    return SenderForm(
        formdata=None, name=sender.name, address=sender.address, reply_to=sender.reply_to
    )


def _server_form(server: MailServer | None) -> ServerForm:
    if server is None:
        return ServerForm(formdata=None)
    return ServerForm(
        formdata=None,
        has_password=bool(server.password),
        host=server.host,
        port=str(server.port),
        security=server.security,
        user=server.user,
    )


def _server_shown(server: MailServer) -> ServerShown:
    return ServerShown(
        host=server.host,
        is_proven=server.proven_at is not None,
        is_paused=server.paused_until is not None and server.paused_until > clock.now(),
        failing_since=server.failing_since,
        trouble=mail_words.about_server(server.trouble),
        answer=mail_words.answer_in(server.answer),
    )


def _key_shown(key: MailKey) -> KeyShown:
    value = dkim_signing.record(key.public_key)
    return KeyShown(
        domain=key.domain,
        name=mail_keys.record_name(key),
        value=value,
        strings=dkim_signing.strings(value),
        is_proven=key.proven_at is not None,
        looked_at=key.looked_at,
        found=mail_words.found(key.found),
    )
