"""Visit a reseller's own pages, under its own host name."""

from __future__ import annotations

from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http import visiting
from portal.http.actor import requires
from portal.web.operator.pages import blueprint, in_reseller, own_people
from portal.web.operator.resellers import reseller_page
from portal.web.operator.visit_forms import VisitForm
from portal.web.parts.addresses import ID
from portal.web.parts.pages import leading_on


@blueprint.post(f"/resellers/<{ID}:reseller_id>/visit")
@requires(Right.RESELLERS_VIEW_AS)
def visit(reseller_id: int) -> Response:
    """See the portal as the reseller's staff does; with a reason also act, for half an hour."""
    form = VisitForm()
    if not form.validate_on_submit():
        people = own_people()
        with in_reseller(reseller_id) as beside:
            return reseller_page(beside, people=people, status=422, visit_form=form)
    url = visiting.ticket_to(reseller_id=reseller_id, reason=form.reason.data or "")
    return leading_on(url, gettext("Opening the reseller's portal"))
