"""Prepaid parts of a client's sub-accounts, and moving them from one to another."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import HiddenField, SelectChoice, SelectField
from wtforms.validators import DataRequired, Length

from portal.accounts import access, quotas
from portal.accounts.errors import MovedToItself
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode, QuotaTooSmall
from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.unit_of_work import session
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.reports import meters
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint
from portal.web.parts import once
from portal.web.parts.counts import WholeField
from portal.web.parts.formats import number
from portal.web.parts.forms import REQUIRED, Form, text, trimmed
from portal.web.parts.pages import page


class MoveForm(Form):
    """Parts from one sub-account to another; `key` makes a second click do nothing."""

    giver = SelectField(lazy_gettext("From"))
    taker = SelectField(lazy_gettext("To"))
    parts = WholeField(
        lazy_gettext("Parts"), [DataRequired(REQUIRED), Length(max=20)], filters=[trimmed]
    )
    reason = text(lazy_gettext("Reason"), length_max=200, required=True)
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def __init__(self, prepaid: Sequence[SubAccount]) -> None:
        super().__init__()
        choices = [SelectChoice(str(each.id), each.name) for each in prepaid]
        self.giver.choices = choices
        self.taker.choices = choices
        if not self.is_submitted() and len(prepaid) > 1:
            self.taker.data = str(prepaid[1].id)


@blueprint.route("/quotas", methods=["GET", "POST"])
@offers(Service.QUOTAS)
@requires(Right.QUOTAS_MANAGE)
def prepaid_parts() -> Response:
    """What each sub-account has, and the moving of parts."""
    own = access.own_sub_accounts(session(), actor=g.actor)
    prepaid = [each for each in own if quotas.mode_of(each) is Mode.PREPAID]
    form = MoveForm(prepaid)
    if len(prepaid) > 1 and form.validate_on_submit() and _moved(form):
        return redirect(url_for("client.prepaid_parts"), 303)
    return page(
        "client/quotas.html",
        422 if form.is_submitted() else 200,
        quotas=meters.quotas(session(), own),
        form=form if len(prepaid) > 1 else None,
    )


def _moved(form: MoveForm) -> bool:
    """Move once and say so; where that is refused, the form says why."""
    giver, taker, parts = int(form.giver.data), int(form.taker.data), form.parts.count
    try:
        once.act(
            session(),
            owner_id=g.actor.client_id,
            endpoint="web.quotas.move",
            key=form.key.data,
            asked={
                "giver": form.giver.data,
                "taker": form.taker.data,
                "parts": str(parts),
                "reason": form.reason.data,
            },
            verb=lambda: (
                quotas.move(
                    session(),
                    from_sub_account_id=giver,
                    to_sub_account_id=taker,
                    parts=parts,
                    by=g.actor,
                    reason=form.reason.data,
                )[1].sub_account_id
            ),
        )
    except MovedToItself:
        form.taker.errors = [gettext("Choose another sub-account than the one they come from.")]
    except QuotaTooSmall as refused:
        has = number(sum(refused.has.values()))
        form.parts.errors = [gettext("There are only %(has)s parts.", has=has)]
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        flash(gettext("This is being done already."), "info")
        return True
    else:
        flash(gettext("%(parts)s parts were moved.", parts=number(parts)), "success")
        return True
    return False
