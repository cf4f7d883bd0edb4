"""Pages as a draft of the brand would make them: real templates, a made-up client, nothing to do.

The link is a secret of whoever works on the draft, who may share it; it ends with the draft.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from flask import Response, g, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import Gone, NotFound

from portal.http.actor import anonymous, public
from portal.http.language import language
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound as NoDraft
from portal.notifications import outbox
from portal.tenancy import branding, drafts
from portal.tenancy.models import Brand
from portal.web.parts import brand_samples, draft_links, frames, mail_frames
from portal.web.parts.brand_panes import pane
from portal.web.parts.pages import page, sample
from portal.web.public.pages import blueprint
from portal.web.public.signing_in import LoginForm

NOTICE: Final = "activated"
_LINK: Final = "string(maxlength=200):token"


@blueprint.get(f"/preview/<{_LINK}>")
@anonymous
def brand_preview(token: str) -> Response:
    """The preview by itself, for whom the link was shared with."""
    try:
        brand, ends_at = _drawn(token)
    except Gone:
        return _over()
    return page(
        "public/brand_preview.html",
        pane=pane("public.brand_preview", token, version=brand.sheet_hash),
        title=brand.title,
        ends_at=ends_at,
    )


@blueprint.get(f"/preview/<{_LINK}>/<any(dashboard,login,email,invoice):sample_page>")
@public
def brand_sample(token: str, sample_page: str) -> Response:
    """One page, in the light or in the dark; it is shown in a frame of this portal alone.

    Who looks is recognised for nothing but their language, which the page around it has too.
    """
    brand, _ = _drawn(token)
    mode: Literal["light", "dark"] = "dark" if request.args.get("mode") == "dark" else "light"
    if sample_page == "email":
        made = outbox.sample(
            session(), NOTICE, brand=brand, language=language(), values=brand_samples.mail()
        )
        return mail_frames.shown(made, sender=brand.title, dark=mode == "dark")
    sheet_url = url_for("public.brand_draft_sheet", token=token, version=brand.sheet_hash)
    if sample_page == "login":
        g.actor = None
        drawn = sample(
            "public/login.html",
            brand=brand,
            sheet_url=sheet_url,
            shown="",
            mode=mode,
            form=LoginForm(formdata=None),
        )
    else:
        g.actor = brand_samples.client().under(g.tenant.settings.display)
        shown, template, filled = (
            ("client.invoices", "client/invoice.html", brand_samples.invoice(brand.title))
            if sample_page == "invoice"
            else ("client.dashboard", "client/dashboard.html", brand_samples.dashboard())
        )
        drawn = sample(template, brand=brand, sheet_url=sheet_url, shown=shown, mode=mode, **filled)
    return frames.draft(drawn)


@blueprint.get(f"/preview/<{_LINK}>/<string(maxlength=40):version>.css")
@anonymous
def brand_draft_sheet(token: str, version: str) -> Response:
    """The colours of a draft; an older version of it gets today's."""
    del version  # part of the address, so that no cache shows the draft as it was
    brand, _ = _drawn(token)
    return Response(brand.sheet, content_type="text/css; charset=utf-8")


def _drawn(token: str) -> tuple[Brand, datetime | None]:
    """The brand of a draft and when the draft ends, or the live one, which does not.

    Raises:
        NotFound: no link was ever made so.
        Gone: the draft is there no more.
    """
    try:
        draft_id = draft_links.read(token)
    except NoDraft:
        raise NotFound from None
    if draft_id == draft_links.LIVE:
        return branding.own(session()), None
    try:
        draft = drafts.by_id(session(), draft_id)
    except NoDraft:
        raise Gone from None
    return drafts.drawn(draft), drafts.ends_at(draft)


def _over() -> Response:
    return page(
        "public/notice.html",
        410,
        heading=gettext("This link does not work any more"),
        text=gettext(
            "What it showed was published or thrown away. Ask whoever sent it to you for a new one."
        ),
    )
