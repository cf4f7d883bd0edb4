"""Who wants no more messages of a client's: STOP by message, and START to take it back."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from enum import StrEnum, unique

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging.inbound_models import OptOut


@unique
class Wish(StrEnum):
    """What somebody asks for with a word that is the whole message."""

    STOP = "stop"
    START = "start"


# What carriers in North America prescribe, and what people in other languages write for it.
_WISHES = {
    **dict.fromkeys(
        (
            "stop", "stopall", "stop all", "stopp", "unsubscribe", "cancel", "end", "quit",
            "opt out", "optout", "remove", "abmelden", "abbestellen", "arret", "alto", "baja",
            "parar", "sair", "annulla", "rezygnuje", "wypisz", "afmelden", "avsluta",
        ),
        Wish.STOP,
    ),
    **dict.fromkeys(("start", "unstop", "subscribe", "opt in", "optin", "anmelden"), Wish.START),
}  # fmt: skip


def wish_in(text: str) -> Wish | None:
    """What a message asks for; None: it is an ordinary one.

    Case, accents, and blanks and punctuation around it do not count. The word must be all there
    is: "please do not stop" is a message to a person.
    """
    bare = "".join(
        each
        for each in unicodedata.normalize("NFKD", text[:100]).casefold()
        if not unicodedata.combining(each)
    )
    words = "".join(each if each.isalnum() else " " for each in bare).split()
    return _WISHES.get(" ".join(words))


def follow(session: ResellerSession, wish: Wish, *, client_id: int, digits: str) -> None:
    """Do as a phone asks: no more messages of this client's from now on, or again."""
    if wish is Wish.STOP:
        session.execute(
            insert(OptOut)
            .values(
                reseller_id=session.reseller_id,
                client_id=client_id,
                digits=digits,
                at=clock.now(),
            )
            .on_conflict_do_nothing()
        )
    else:
        session.execute(
            delete(OptOut).where(OptOut.client_id == client_id, OptOut.digits == digits)
        )


def is_out(session: ResellerSession, *, client_id: int, digits: Collection[str]) -> set[str]:
    """Those of these phones (digits of E.164, without plus) that want no messages of a client's."""
    if not digits:
        return set()
    return set(
        session.scalars(
            select(OptOut.digits).where(
                OptOut.client_id == client_id, OptOut.digits.in_(set(digits))
            )
        )
    )
