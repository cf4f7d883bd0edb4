"""The pages of a firm's people, the same for a client, for a reseller and for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response
from werkzeug.exceptions import NotFound

from portal.accounts import access, authenticators, invitations, people, reach, resets, second_step
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import (
    LastOwner,
    NameTaken,
    OwnAccess,
    TooManyPeople,
    WrongStanding,
)
from portal.accounts.invitations import Invitation
from portal.accounts.models import Person
from portal.accounts.people import Access
from portal.accounts.roles import Audience
from portal.http.unit_of_work import own_transaction
from portal.http.wiring import current
from portal.infra.db import ResellerSession
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.infra.throttle import TooOften
from portal.tenancy import links
from portal.web.parts import once, people_rows, role_words
from portal.web.parts.pages import page
from portal.web.parts.people_forms import ALL, SOME, InviteForm, PersonForm
from portal.web.parts.people_rows import PersonRow

ACTS: Final = "any(disable, enable, link, remove, repeat, withdraw)"
"""A converter for rules: what may be done to somebody by one button."""

SECOND_STEP: Final = "second-step"
"""What is done to somebody by a button of its own rule, which asks who presses it."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose people they are, and where they are in the pages.

    `owner` is what its addresses have in them; `above` is what the page above is called where the
    list stands among a client's pages. The routes are called `list_of`, `invite`, `person`, `act`,
    and `second_step`, which takes it off. `rules_url` is where it is said what holds for all.
    """

    session: ResellerSession
    audience: Audience
    client_id: int | None
    list_of: str
    invite: str
    person: str
    act: str
    second_step: str
    roles_url: str
    owner: dict[str, int]
    rules_url: str = ""
    may_manage: bool = True
    above: str = ""

    @property
    def url(self) -> str:
        """The list."""
        return self._url(self.list_of)

    @property
    def invite_url(self) -> str:
        """The form for one more."""
        return self._url(self.invite)

    def person_url(self, person_id: int) -> str:
        """One of them."""
        return self._url(self.person, person_id=person_id)

    def act_url(self, person_id: int, act: str) -> str:
        """Where a button leads."""
        return self._url(self.act, person_id=person_id, act=act)

    def second_step_url(self, person_id: int) -> str:
        """Where the button leads that takes the second step off."""
        return self._url(self.second_step, person_id=person_id)

    def _url(self, endpoint: str, **values: int | str) -> str:
        asked: dict[str, Any] = {**self.owner, **values}
        return url_for(endpoint, **asked)

    @property
    def sub_accounts(self) -> dict[int, str]:
        """What somebody can be limited to."""
        if self.client_id is None:
            return {}
        found = access.sub_accounts_of(self.session, client_id=self.client_id)
        return {each.id: each.name for each in found}


def show(place: Place) -> Response:
    """Everybody, and how they stand."""
    return page("people/list.html", place=place, rows=rows(place))


def rows(place: Place) -> list[PersonRow]:
    """Everybody, for a page of another frame."""
    found = people.listed(place.session, by=g.actor, client_id=place.client_id)
    return people_rows.shown(place.session, found, actor=g.actor)


def invite(place: Place) -> Response:
    """The form, and the invitation."""
    form = InviteForm(place.audience, place.sub_accounts)
    if form.validate_on_submit():
        wanted = form.access()
        done = wanted and _invited(place, form, wanted)
        if done:
            return done
    status = 422 if form.is_submitted() else 200
    return page("people/invite.html", status, place=place, form=form)


def person(place: Place, person_id: int) -> Response:
    """One of them: name, role and limit, and the buttons."""
    found = people.by_id(place.session, by=g.actor, client_id=place.client_id, person_id=person_id)
    return _person_page(place, found, form=_form(place, found))


def act(place: Place, person_id: int, which: str) -> Response:
    """What a button does to somebody.

    Raises:
        NotFound: it cannot be done to them.
    """
    found = people.by_id(place.session, by=g.actor, client_id=place.client_id, person_id=person_id)
    words = people_rows.acted(which, name=found.name)
    is_invited = found.invited_at is not None
    if is_invited is not (which in {"repeat", "withdraw"}):
        raise NotFound
    try:
        if which in {"link", "repeat"}:
            _count(place, found.email, which)
        _act(place.session, found, which)
    except (LastOwner, NotAllowed, OwnAccess, TooOften) as refused:
        form = _form(place, found, is_sent=False)
        form.form_errors.append(people_rows.refusal(refused, act=which))
        return _person_page(place, found, form=form, status=422)
    flash(words, "success")
    gone = which in {"remove", "withdraw"}
    return redirect(place.url if gone else place.person_url(person_id), 303)


def roles(audience: Audience) -> Response:
    """Which role may do what."""
    return page(
        "people/roles.html",
        roles=[role_words.NAMES[each] for each in role_words.roles_of(audience)],
        rights=role_words.table(audience),
        of_clients=audience is Audience.CLIENT,
    )


def _invited(place: Place, form: InviteForm, wanted: Access) -> Response | None:
    """Invite once and say so; where that is refused, the form says why."""
    invitation = Invitation(
        email=form.email.data,
        access=wanted,
        language=form.language.data,
        firstname=form.firstname.data or "",
        lastname=form.lastname.data or "",
    )
    try:
        _count(place, invitation.email)
        once.act(
            place.session,
            owner_id=place.client_id or 0,
            endpoint=f"web.{place.invite}",
            key=form.key.data,
            asked={"email": invitation.email, "access": str(wanted)},
            verb=lambda: (
                invitations.invite(
                    place.session, by=g.actor, client_id=place.client_id, invitation=invitation
                ).id
            ),
        )
    except NameTaken:
        form.email.errors = [_taken(place, invitation.email)]
    except (NotAllowed, TooManyPeople, TooOften, WrongStanding) as refused:
        form.form_errors.append(people_rows.refusal(refused))
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is for somebody else.")
        )
    except StillInProgress:
        flash(gettext("The invitation is being sent already."), "info")
        return redirect(place.url, 303)
    else:
        flash(
            gettext("The invitation to %(email)s is on its way.", email=invitation.email), "success"
        )
        return redirect(place.url, 303)
    return None


def _taken(place: Place, email: str) -> str:
    own = people.listed(place.session, by=g.actor, client_id=place.client_id)
    if any(each.email.lower() == email.lower() for each in own):
        return str(gettext("They are among your people already."))
    return str(gettext("This address has an account here already. Please use another one."))


def _count(place: Place, email: str, which: str = "") -> None:
    # In a transaction of its own: a refused try counts as well.
    with own_transaction() as beside:
        if which == "link":
            resets.count_mail(beside, email=email)
        else:
            invitations.count(beside, client_id=place.client_id, email=email)


def _form(place: Place, found: Person, *, is_sent: bool = True) -> PersonForm:
    limit = reach.of_person(place.session, found)
    begun: dict[str, Any] = {
        "firstname": found.firstname,
        "lastname": found.lastname,
        "role": found.role,
        "reach": ALL if limit is None else SOME,
        "sub_accounts": [str(each) for each in sorted(limit or ())],
    }
    unsent: dict[str, Any] = {} if is_sent else {"formdata": None}
    return PersonForm(
        place.audience,
        place.sub_accounts,
        changes_access=people.may_change(place.session, by=g.actor, person=found),
        data=begun,
        **unsent,
    )


def _person_page(place: Place, found: Person, *, form: PersonForm, status: int = 200) -> Response:
    if status == 200 and form.validate_on_submit():
        done = _changed(place, found, form)
        if done:
            return done
    if status == 200 and form.is_submitted():
        status = 422
    (row,) = people_rows.shown(place.session, [found], actor=g.actor)
    return page(
        "people/person.html",
        status,
        place=place,
        form=form,
        person=row,
        has_second_step=authenticators.is_on(place.session, person_id=found.id),
    )


def _changed(place: Place, found: Person, form: PersonForm) -> Response | None:
    actor: Actor = g.actor
    names = {"firstname": form.firstname.data or "", "lastname": form.lastname.data or ""}
    is_new = False
    if "role" in form:
        wanted = form.access()
        if wanted is None:
            return None
        try:
            is_new = people.change(place.session, by=actor, person=found, to=wanted)
        except (LastOwner, NotAllowed, OwnAccess) as refused:
            form.form_errors.append(people_rows.refusal(refused))
            return None
    people.rename(place.session, by=actor, person=found, **names)
    if is_new:
        flash(gettext("Saved. They are signed out, and sign in again."), "success")
    else:
        flash(gettext("Saved."), "success")
    return redirect(place.person_url(found.id), 303)


def _act(session: ResellerSession, found: Person, which: str) -> None:
    if which == SECOND_STEP:
        origin = links.origin_of(session, current().settings)
        second_step.take_off(session, found, by=g.actor, origin=origin)
        return
    verbs = {
        "disable": people.disable,
        "enable": people.enable,
        "remove": people.remove,
        "link": resets.send,
        "repeat": invitations.repeat,
        "withdraw": invitations.withdraw,
    }
    verbs[which](session, by=g.actor, person=found)
