"""Sign in by a link that a reseller's own programs have made."""

from __future__ import annotations

from portal.accounts import attempts, login, login_links
from portal.accounts.errors import LinkSpent
from portal.accounts.login import Admitted
from portal.accounts.models import Person
from portal.accounts.statuses import Proof
from portal.http import entering
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction
from portal.http.wiring import current


def owner_of(token: str) -> Person:
    """Whom a link is for; it stays good.

    Raises:
        LinkSpent: it is not good any more, or never was.
        TooOften: the network or the reseller has tried as often as it may.
    """
    with own_transaction() as beside:
        try:
            return login_links.owner_of(beside, token=token, vault=current().vault)
        except LinkSpent:
            attempts.count(beside, login.WHAT, address=address())
            raise


def sign_in(token: str) -> Admitted:
    """Use a link up; whoever may sign in has a session with the answer, or takes a second step.

    It is counted as any other try to sign in, and a link is spent even where the count is full.

    Raises:
        LinkSpent: as for `owner_of`.
        WrongCredentials: whom it is for is not let in any more.
        TooOften: the account, the network or the reseller has tried as often as it may.
    """
    with own_transaction() as beside:
        try:
            person = login_links.redeem(beside, token=token, vault=current().vault)
        except LinkSpent:
            attempts.count(beside, login.WHAT, address=address())
            raise
        attempt = login.count(beside, person, address=address(), device=entering.device())
        admitted = login.settle(beside, attempt, person, proof=Proof.LINK)
        if admitted.may_sign_in:
            entering.enter(beside, admitted.person, proof=Proof.LINK)
    return admitted
