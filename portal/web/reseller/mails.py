"""The record of mails: the list, one of them, and sending it once more."""

from __future__ import annotations

from flask import Response as Answer
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import DateField, EmailField, HiddenField, SelectChoice, SelectField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts import access, directory
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.infra.mime import ADDRESS_CHARACTERS_MAX
from portal.notifications import attaching, mail_record
from portal.notifications.errors import MailSettingUnfit, NotResendable, NotWaiting
from portal.notifications.mail_record import Chosen, State
from portal.notifications.models import Mail
from portal.notifications.rendering import Rendered
from portal.provisioning import mailing
from portal.tenancy import resellers
from portal.web.parts import mail_frames, mail_rows, mail_words, once, paging
from portal.web.parts.addresses import ID
from portal.web.parts.filters import Filters, beginning_of, end_of
from portal.web.parts.forms import REQUIRED, Form, text, trimmed
from portal.web.parts.mail_rows import MailShown
from portal.web.parts.pages import page
from portal.web.reseller import text_words
from portal.web.reseller.pages import blueprint

_ID_DIGITS_MAX = 19


class MailFilters(Filters):
    """Which mails."""

    q = text(lazy_gettext("Recipient or subject"), length_max=100)
    state = SelectField(lazy_gettext("State"), choices=mail_words.STATES, default="")
    notice = SelectField(lazy_gettext("Kind"), default="")
    since = DateField(lazy_gettext("From day"), [Optional()])
    until = DateField(lazy_gettext("To day"), [Optional()])
    client = HiddenField(validators=[Optional(), Length(max=_ID_DIGITS_MAX)])

    def __init__(self) -> None:
        super().__init__()
        self.notice.choices = [
            SelectChoice("", lazy_gettext("All")),
            *(SelectChoice(key, about.title) for key, about in text_words.ABOUT.items()),
        ]

    @property
    def client_id(self) -> int | None:
        """The client whose mails are asked for.

        Raises:
            NotFound: the address has something else in this place.
        """
        typed = self.client.data or ""
        if not typed:
            return None
        if not typed.isascii() or not typed.isdigit() or len(typed) > _ID_DIGITS_MAX:
            raise NotFound("client", typed)
        return min(int(typed), 2**63 - 1)

    def chosen(self, time_zone: str) -> Chosen:
        """What was chosen; days are those of this time zone."""
        return Chosen(
            states=(State(self.state.data),) if self.state.data else (),
            text=self.q.data or "",
            notice=self.notice.data or "",
            client_id=self.client_id,
            since=beginning_of(self.since.data, time_zone),
            until=end_of(self.until.data, time_zone),
        )


class RepeatForm(Form):
    """To whom a mail is sent once more."""

    to = EmailField(
        lazy_gettext("To"),
        [DataRequired(REQUIRED), Length(max=ADDRESS_CHARACTERS_MAX)],
        filters=[trimmed],
    )
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )


@blueprint.get("/mails")
@requires(Right.MAILS_READ)
def mails() -> Answer:
    """All mails, newest first, narrowed by what the address says."""
    form = MailFilters()
    if not form.validate():
        return _list(form, status=422)
    return _list(form)


@blueprint.get(f"/mails/<{ID}:mail_id>")
@requires(Right.MAILS_READ)
def mail_written(mail_id: int) -> Answer:
    """One mail, and what can still be done with it."""
    found = mail_record.by_id(session(), mail_id)
    return _one(found, RepeatForm(formdata=None, to=found.recipient))


@blueprint.get(f"/mails/<{ID}:mail_id>/frame")
@requires(Right.MAILS_READ)
def mail_frame(mail_id: int) -> Answer:
    """The mail as its reader sees it, for a frame on its page.

    Raises:
        NotFound: there is no such mail, or nothing of it may be shown.
    """
    found = mail_record.by_id(session(), mail_id)
    if not mail_record.can_be_repeated(found):
        raise NotFound("mail", mail_id)
    made = Rendered(subject=found.subject, html=found.html, text=found.text)
    return mail_frames.shown(made, sender=found.sender_name, dark=False)


@blueprint.post(f"/mails/<{ID}:mail_id>/repeat")
@requires(Right.CLIENTS_MANAGE)
def repeat_mail(mail_id: int) -> Response:
    """Send it once more."""
    found = mail_record.by_id(session(), mail_id)
    form = RepeatForm()
    if not form.validate_on_submit():
        return _one(found, form, status=422)
    again = _repeated(found, form)
    if again is None:
        return _one(found, form, status=422)
    flash(gettext("The mail is sent once more. This is the new one."), "success")
    return redirect(url_for("reseller.mail_written", mail_id=again), 303)


@blueprint.post(f"/mails/<{ID}:mail_id>/hasten")
@requires(Right.CLIENTS_MANAGE)
def hasten_mail(mail_id: int) -> Response:
    """Try a mail that waits now."""
    try:
        mailing.hasten(session(), mail_id, by=g.actor)
    except NotWaiting:
        flash(gettext("This mail waits no longer."), "info")
    else:
        flash(gettext("The mail is tried within a few seconds."), "success")
    return redirect(url_for("reseller.mail_written", mail_id=mail_id), 303)


def _repeated(found: Mail, form: RepeatForm) -> int | None:
    """The id of the new mail; None: it was refused, and the form says why."""
    try:
        return once.act(
            session(),
            owner_id=g.actor.person_id,
            endpoint="web.repeat_mail",
            key=form.key.data,
            asked={"mail": str(found.id), "to": form.to.data},
            verb=lambda: mailing.repeat(session(), found.id, to=form.to.data, by=g.actor).id,
        )
    except MailSettingUnfit as unfit:
        form.to.errors = [mail_words.wrong(unfit.wrong)]
    except NotResendable:
        form.form_errors.append(gettext("Nothing of this mail is kept, so it cannot be repeated."))
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        form.form_errors.append(gettext("This is being done already."))
    return None


def _list(form: MailFilters, *, status: int = 200) -> Answer:
    client_name, rows, prev_url, next_url = "", [], None, None
    if status == 200:
        chosen = form.chosen(resellers.own(session()).time_zone)
        if chosen.client_id is not None:
            client = access.client_by_id(session(), actor=g.actor, client_id=chosen.client_id)
            client_name = client.name
        found = mail_record.page(
            session(), chosen=chosen, below_id=paging.below_id(), limit=paging.ASKED
        )
        listed = paging.cut(found, id_of=lambda each: each.id)
        rows, prev_url, next_url = _shown(listed.rows), listed.prev_url, listed.next_url
    return page(
        "reseller/mails.html",
        status,
        rows=rows,
        form=form,
        client_name=client_name,
        is_narrowed=bool(request.args),
        prev_url=prev_url,
        next_url=next_url,
    )


def _one(found: Mail, form: RepeatForm, *, status: int = 200) -> Answer:
    (shown,) = _shown([found])
    return page(
        "reseller/mail_written.html",
        status,
        mail=shown,
        sender_name=found.sender_name,
        from_address=found.from_address,
        reply_to=found.reply_to,
        through_own=found.through_own,
        is_secret=mail_record.is_secret(found),
        is_kept=mail_record.can_be_repeated(found),
        text=found.text if mail_record.can_be_repeated(found) else "",
        repeats_id=found.repeats_id,
        papers=attaching.names(found),
        repeated_by=mail_record.repeated_by(session(), found.id),
        form=form,
    )


def _shown(found: list[Mail]) -> list[MailShown]:
    ids = {each.client_id for each in found if each.client_id is not None}
    names = directory.client_names(session(), ids)
    return [
        mail_rows.shown(
            each, notice=_kind(each.notice), client_name=names.get(each.client_id or 0, "")
        )
        for each in found
    ]


def _kind(notice: str) -> str:
    known = text_words.ABOUT.get(notice)
    return str(known.title) if known else notice
