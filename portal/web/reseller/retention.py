"""What a portal keeps and for how long, and the one part of it that the reseller chooses."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import RadioField, SelectChoice, ValidationError
from wtforms.validators import InputRequired, Length

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra import kept_answers
from portal.messaging import redacting
from portal.notifications import mail_record
from portal.provisioning import settling
from portal.reports import archives
from portal.tenancy import settings as settled
from portal.web.parts.forms import REQUIRED, Form
from portal.web.parts.pages import page
from portal.web.reseller.package_fields import CountField
from portal.web.reseller.pages import blueprint

NEVER, AFTER = "never", "after"


class RetentionForm(Form):
    """Whether and when messages become unreadable."""

    removal = RadioField(
        lazy_gettext("Numbers and texts of messages"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice(NEVER, lazy_gettext("are kept as long as the client")),
            SelectChoice(AFTER, lazy_gettext("are removed after so many days:")),
        ],
    )
    days = CountField(
        lazy_gettext("Days"),
        [Length(max=20)],
        description=lazy_gettext(
            "14 to 3650. They are counted from the end of a message: when it was delivered, or"
            " when that was given up."
        ),
    )

    def validate_days(self, field: CountField) -> None:
        """Refuse what is not asked for, and what is too soon or too late.

        Raises:
            ValidationError: it is.
        """
        if self.removal.data != AFTER:
            return
        if field.count is None or not settled.DAYS_MIN <= field.count <= settled.DAYS_MAX:
            raise ValidationError(
                gettext(
                    "Write %(least)s to %(most)s days.",
                    least=settled.DAYS_MIN,
                    most=settled.DAYS_MAX,
                )
            )


@blueprint.route("/retention", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def retention() -> Response:
    """What is kept, to read; how long messages are readable, to choose."""
    days = settled.read(session()).redact_after_days
    form = RetentionForm(
        data={"removal": AFTER if days else NEVER, "days": str(days) if days else ""}
    )
    if form.validate_on_submit():
        wanted = form.days.count if form.removal.data == AFTER else None
        settling.change(session(), by=g.actor, redact_after_days=wanted)
        flash(gettext("This is how long messages are kept from now on."), "success")
        return redirect(url_for("reseller.retention"), 303)
    return page(
        "reseller/retention.html",
        422 if form.is_submitted() else 200,
        form=form,
        mail_texts_days=mail_record.CONTENT_KEPT.days,
        mails_days=mail_record.ROW_KEPT.days,
        copies_days=archives.KEPT.days,
        reports_days=redacting.RAW_KEPT.days,
        answers_days=kept_answers.KEPT_DAYS,
    )
