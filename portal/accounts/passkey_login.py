"""Sign in with a passkey alone: it knows its owner, so that it stands for both steps."""

from __future__ import annotations

from portal.accounts import attempts, login, passkeys
from portal.accounts.errors import WrongPasskey
from portal.accounts.login import WHAT, Admitted
from portal.accounts.passkey_answers import Place
from portal.accounts.statuses import Proof
from portal.infra.db import ResellerSession


def sign_in(
    session: ResellerSession, *, answer: str, place: Place, address: str, device: str
) -> Admitted:
    """Let in whoever has shown a passkey of theirs, as far as their firm is let in.

    Raises:
        TooOften: the account, the network or the reseller has tried as often as it may.
        WrongPasskey: it is nobody's here, or was not asked for.
        WrongCredentials: its owner is not let in any more.
    """
    named = passkeys.owner_of(session, answer=answer, place=place)
    if named is None:
        attempts.count(session, WHAT, address=address)
        raise WrongPasskey("nobody here has this passkey")
    attempt = login.count(session, named, address=address, device=device)
    try:
        person = passkeys.check(session, answer=answer, place=place)
    except WrongPasskey:
        login.refuse(session, attempt, named)
        raise
    return login.settle(session, attempt, person, proof=Proof.PASSKEY)
