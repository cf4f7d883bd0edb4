"""Choose a language, for this browser and for one's own mails."""

from __future__ import annotations

from flask import g, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from portal.accounts import people
from portal.http import language as languages
from portal.http.actor import public
from portal.http.security import safe_next
from portal.http.unit_of_work import session
from portal.web.public.pages import blueprint


@blueprint.post("/language")
@public
def language() -> Response:
    """Keep the language, and go back to where it was chosen."""
    wanted = request.form.get("language", "")
    if wanted not in languages.offered():
        raise BadRequest
    if g.actor is not None and g.actor.viewing is None:
        people.choose_language(session(), person_id=g.actor.person_id, language=wanted)
    answer = redirect(safe_next(request.form.get("next", "")) or url_for("public.home"), 303)
    languages.keep(answer, wanted)
    return answer
