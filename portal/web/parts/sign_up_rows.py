"""Who waits to be let in, as staff see them: what they wrote, and what stands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.support import NullTranslations
from flask_babel import get_translations

from portal.accounts import sign_up_words
from portal.accounts.models import Client
from portal.accounts.sign_up_inbox import Waiting
from portal.http.language import locale


@dataclass(frozen=True, kw_only=True)
class OtherShown:
    """A client that is like the one that waits."""

    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class HintShown:
    """Something that stands out, in words."""

    text: str
    others: Sequence[OtherShown]


@dataclass(frozen=True, kw_only=True)
class SignUpShown:
    """Somebody who waits."""

    id: int
    name: str
    person: str
    email: str
    phone: str
    country: str
    place: str
    signed_up_at: datetime
    is_unconfirmed: bool
    hints: Sequence[HintShown]


def shown(waiting: Waiting, *, names: Mapping[int, str] | None = None) -> SignUpShown:
    """Somebody who waits; of those they are like, the ones with a name here are named."""
    client, named = waiting.client, names or {}
    words: NullTranslations = get_translations()
    here = locale()
    return SignUpShown(
        id=client.id,
        name=client.name,
        person=f"{client.firstname} {client.lastname}".strip(),
        email=client.email,
        phone=client.phone,
        country=str(here.territories.get(client.country, client.country)),
        place=_place(client),
        signed_up_at=client.created_at,
        is_unconfirmed=waiting.is_unconfirmed,
        hints=[
            HintShown(
                text=sign_up_words.sentence(each, words=words, locale=here),
                others=[OtherShown(id=one, name=named[one]) for one in each.others if one in named],
            )
            for each in waiting.hints
        ],
    )


def _place(client: Client) -> str:
    parts = (client.address, f"{client.postal_code} {client.city}".strip(), client.state)
    return ", ".join(each for each in parts if each)
