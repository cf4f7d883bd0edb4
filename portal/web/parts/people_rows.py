"""A firm's people as pages show them, and what is said of what was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext

from portal.accounts import invitations, people, reach
from portal.accounts.actor import Actor
from portal.accounts.errors import LastOwner, OwnAccess, TooManyPeople, WrongStanding
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.infra.throttle import TooOften
from portal.web.parts.role_words import NAMES

ACTIVE: Final = "active"
DISABLED: Final = "disabled"
INVITED: Final = "invited"
LAPSED: Final = "lapsed"


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """Somebody; `sub_accounts` are the names of those they are limited to, None for all.

    `state` is `active`, `disabled`, `invited`, or `lapsed` where the link of the invitation is too
    old. `may_change` says whether the reader may change what they may do.
    """

    id: int
    name: str
    email: str
    role: str
    sub_accounts: list[str] | None
    state: str
    invited_at: datetime | None
    last_login_at: datetime | None
    is_self: bool
    may_change: bool


def shown(session: ResellerSession, found: Sequence[Person], *, actor: Actor) -> list[PersonRow]:
    """These people, in their order."""
    named = reach.of_people(session, [each.id for each in found if each.is_limited])
    return [
        PersonRow(
            id=each.id,
            name=each.name,
            email=each.email,
            role=str(NAMES[Role(each.role)]),
            sub_accounts=[name for _, name in named[each.id]] if each.is_limited else None,
            state=_state(each),
            invited_at=each.invited_at,
            last_login_at=each.last_login_at,
            is_self=each.id == actor.person_id,
            may_change=people.may_change(session, by=actor, person=each),
        )
        for each in found
    ]


def acted(which: str, *, name: str) -> str:
    """What is said after something was done to somebody."""
    words = {
        "disable": gettext("%(name)s cannot sign in any more.", name=name),
        "enable": gettext("%(name)s can sign in again.", name=name),
        "remove": gettext("%(name)s is removed.", name=name),
        "link": gettext("A link for a new password is on its way to %(name)s.", name=name),
        "repeat": gettext("The invitation to %(name)s is on its way again.", name=name),
        "withdraw": gettext("The invitation to %(name)s is withdrawn.", name=name),
        "second-step": gettext(
            "%(name)s signs in without a code from now on, and is told so by mail.", name=name
        ),
    }
    return str(words[which])


def refusal(refused: PortalError, *, act: str = "") -> str:
    """Why something was not done to somebody."""
    match refused:
        case LastOwner():
            words = gettext(
                "There has to be an owner who can sign in. Make somebody else an owner first."
            )
        case OwnAccess():
            words = gettext("You cannot do this to yourself. Ask another owner.")
        case TooManyPeople():
            words = gettext(
                "There are %(count)s people already, and there cannot be more. Remove somebody"
                " first.",
                count=refused.people_max,
            )
        case TooOften() if act == "link":
            words = gettext(
                "So many links were mailed to this address that it gets no more for some hours."
                " Tell them to look in their mail."
            )
        case TooOften():
            words = gettext(
                "Too many invitations were sent. Please try again tomorrow, or tell them to look"
                " in their mail."
            )
        case WrongStanding():
            words = gettext("This client was refused or closed, so that nobody can be invited.")
        case _:
            words = gettext("Only an owner makes somebody an owner, or changes one.")
    return str(words)


def _state(person: Person) -> str:
    if person.disabled_at is not None:
        return DISABLED
    if person.invited_at is None:
        return ACTIVE
    return LAPSED if person.invited_at + invitations.GOOD_FOR < clock.now() else INVITED
