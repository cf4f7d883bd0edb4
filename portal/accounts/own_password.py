"""A new password for somebody who is signed in and has just proved who they are."""

from __future__ import annotations

from portal.accounts import passwords, resets
from portal.accounts.models import Person
from portal.infra.db import ResellerSession


def change(
    session: ResellerSession, person: Person, *, password: str, address: str, origin: str
) -> None:
    """Give them this password, end all their sessions, and tell them by mail.

    Raises:
        WeakPassword: it is not good enough.
        PasswordChecksBusy: too many passwords are being worked on.
    """
    passwords.refuse_weak(password, about=resets.words_about(person))
    kept = passwords.hashed(password)
    resets.replace_password(session, person, kept=kept, address=address, origin=origin)
