"""Make a portal that works: the reseller, its host name, its brand and its first person."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.accounts import staff
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.infra.db import ResellerSession
from portal.tenancy import branding, hostnames, resellers
from portal.tenancy.brand_sheet import Look


@dataclass(frozen=True, kw_only=True)
class FirstPerson:
    """Who signs in first."""

    email: str
    password: str
    firstname: str = ""
    lastname: str = ""


@dataclass(frozen=True, kw_only=True)
class NewPortal:
    """What a portal has to have before anybody can use it."""

    number: int
    slug: str
    name: str
    hostname: str
    currency: str
    language: str
    country: str
    time_zone: str
    email: str
    staff: FirstPerson
    look: Look = field(default_factory=lambda: Look(seed=branding.SEED))
    theme: str = "default"
    welcome_html: str = ""


def found(session: ResellerSession, portal: NewPortal) -> Actor:
    """Make the portal of the session's reseller, 0 being the operator's console; who runs it.

    Raises:
        ResellerExists: there is one already.
        HostnameInvalid, HostnameTaken: it cannot answer to this name.
        WeakPassword: the password is among those that are guessed first.
        InvalidColour, InvalidLook: the look is none that a brand may have.
    """
    resellers.create(
        session,
        number=portal.number,
        slug=portal.slug,
        name=portal.name,
        currency=portal.currency,
        language=portal.language,
        time_zone=portal.time_zone,
        country=portal.country,
        email=portal.email,
    )
    hostnames.add(session, portal.hostname, primary=True)
    branding.set_up(
        session,
        title=portal.name,
        look=portal.look,
        theme=portal.theme,
        welcome_html=portal.welcome_html,
    )
    operator = session.reseller_id == resellers.OPERATOR_ID
    staff.create(
        session,
        email=portal.staff.email,
        password=portal.staff.password,
        role=Role.OPERATOR_OWNER if operator else Role.STAFF_OWNER,
        language=portal.language,
        firstname=portal.staff.firstname,
        lastname=portal.staff.lastname,
    )
    return staff.actor_of(session, email=portal.staff.email)
