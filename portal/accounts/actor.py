"""Who is acting: made once by a door, then handed to every verb."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.accounts.models import Client
from portal.accounts.roles import Audience, Right, rights_under
from portal.tenancy.display import EVERYTHING, Display
from portal.tenancy.resellers import OPERATOR_ID


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """Somebody in another's place, on the leash of SEMANTICS 5.

    Staff are in that of a client; with a `visit_id` it is somebody of the operator's in that of a
    reseller.
    """

    place_of: str
    """What to call whose place it is."""
    reason: str
    until: datetime
    visit_id: int | None = None

    @property
    def may_act(self) -> bool:
        """Without a reason it is looking only."""
        return bool(self.reason)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody, or a key that speaks for somebody, with the rights they have at this moment.

    `client_id` is None for staff. While staff is in a client's place, `client_id` and the rights
    are those of the client as far as the leash reaches, and `person_id` stays their own. `display`
    is what the client is shown, frozen by the door; whoever belongs to none is shown everything.
    `sub_account_ids` are those that they are limited to, or None for all; ask `reaches`.
    """

    reseller_id: int
    person_id: int | None
    name: str
    email: str
    audience: Audience
    rights: frozenset[Right] = field(default_factory=frozenset)
    client_id: int | None = None
    sub_account_ids: frozenset[int] | None = None
    key_id: int | None = None
    viewing: Viewing | None = None
    address: str = ""
    display: Display = EVERYTHING

    @property
    def is_of_operator(self) -> bool:
        """Whether it is somebody of the operator's, on the console or on a visit."""
        own = self.reseller_id == OPERATOR_ID and self.person_id is not None
        return own or self.is_on_visit

    @property
    def is_on_visit(self) -> bool:
        """Whether it is somebody of the operator's on a reseller's pages."""
        return self.viewing is not None and self.viewing.visit_id is not None

    def can(self, right: Right | str) -> bool:
        """Whether they have this right now."""
        return right in self.rights

    def oversees(self, client: Client) -> bool:
        """Whether this client is theirs to know of."""
        if client.reseller_id != self.reseller_id:
            return False
        return self.client_id in {None, client.id}

    def reaches(self, sub_account_id: int) -> bool:
        """Whether they are not limited to other sub-accounts than this one.

        It says nothing of whose the sub-account is: `oversees` does.
        """
        return self.sub_account_ids is None or sub_account_id in self.sub_account_ids

    def under(self, display: Display) -> Actor:
        """The same, shown no more than this, and without the rights to what is hidden."""
        return replace(self, display=display, rights=rights_under(display, self.rights))


def system(reseller_id: int) -> Actor:
    """The portal itself: the clock, a command line, a gateway's report."""
    return Actor(
        reseller_id=reseller_id,
        person_id=None,
        name="",
        email="",
        audience=Audience.OPERATOR,
    )
