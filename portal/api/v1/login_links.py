"""Login links, for a reseller's own programs."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from flask import Response, g
from pydantic import Field, model_validator

from portal.accounts import login_links
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongStanding
from portal.accounts.login import EMAIL_LENGTH_MAX
from portal.accounts.roles import Right
from portal.api.v1 import problems
from portal.api.v1.operations import Operation, Operations, answered
from portal.api.v1.schemas import ID_MAX, Answer, Asked
from portal.http import unit_of_work
from portal.http.wiring import current
from portal.infra import clock
from portal.infra.errors import NotFound
from portal.tenancy import links


class NewLoginLink(Asked):
    """Whom a link is for: one of the two."""

    email: str | None = Field(
        default=None,
        max_length=EMAIL_LENGTH_MAX,
        examples=["ada@example.com"],
        description="With which a person of a client signs in.",
    )
    client_number: int | None = Field(
        default=None,
        ge=1,
        le=ID_MAX,
        examples=[100001],
        description="Of a client: the link is for its owner.",
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.email is None) == (self.client_number is None):
            raise ValueError("Name an email or a client_number, and not both")
        return self


class LoginLink(Answer):
    """A link that signs in once, and until when it is good."""

    url: str
    expires_at: datetime


operations = Operations()


@operations.add(
    Operation(
        method="POST",
        rule="/login-links",
        right=Right.LOGIN_LINKS_MAKE,
        body=NewLoginLink,
        answer=LoginLink,
        status=201,
        refusals=["not_found"],
    )
)
def make_login_link(body: NewLoginLink) -> Response:
    """Make a link that signs somebody of a client in, once and within a minute.

    For the reseller's own programs. Whoever has a second step to take is still asked for it.
    """
    session = unit_of_work.session()
    actor: Actor = g.actor
    if actor.client_id is not None:
        raise NotAllowed("only the reseller's own programs make login links")
    if body.email is not None:
        person = login_links.person_by_email(session, body.email)
    else:
        person = login_links.owner_by_number(session, body.client_number or 0)
    if person is None:
        raise NotFound("person", body.email or body.client_number)
    try:
        token = login_links.issue(session, by=actor, person=person)
    except WrongStanding:
        field = "email" if body.email is not None else "client_number"
        return problems.of_fields([(field, "The client is not let in")])
    origin = links.origin_of(session, current().settings)
    made = LoginLink(
        url=links.login_link(origin, token), expires_at=clock.now() + login_links.GOOD_FOR
    )
    return answered(made, status=201)
