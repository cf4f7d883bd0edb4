"""The mails of a sign-up: to whoever has signed up, and to the reseller about them."""

from __future__ import annotations

from typing import Final

from babel import Locale

from portal.accounts import approving, letters, sign_up_hints, sign_up_words
from portal.accounts.models import Client
from portal.accounts.sign_up_models import SignUpRecord
from portal.infra import clock, translation
from portal.infra.db import ResellerSession
from portal.notifications import outbox
from portal.notifications.catalogue import WORST
from portal.tenancy import links, resellers

HINTS_TOLD: Final = WORST[:6]
"""The variables for what stands out, a line each; lines without one go."""


def await_activation(session: ResellerSession, client: Client, *, origin: str) -> None:
    """Tell whoever has confirmed their address that they wait, and the reseller for whom."""
    letters.write(session, client, "signup_received", url=links.home(origin))
    tell_reseller(session, client, origin=origin)


def tell_reseller(session: ResellerSession, client: Client, *, origin: str) -> None:
    """Write to the reseller about somebody new, once: with what stands out, and a link for them."""
    record = session.get(SignUpRecord, (session.reseller_id, client.id))
    if record is None or record.told_at is not None:
        return
    record.told_at = clock.now()
    session.flush()  # what stands out is asked of the database
    firm = resellers.own(session)
    token = approving.make(session, client_id=client.id, recipient=firm.email)
    outbox.write(
        session,
        "signup_notice",
        to=firm.email,
        language=firm.language,
        values={
            "firstname": client.firstname,
            "lastname": client.lastname,
            "company": client.company,
            "email": client.email,
            **_hints(session, client, record, language=firm.language),
            "approve": links.approval(origin, token),
            "url": links.client_page(origin, client.id),
        },
    )


def _hints(
    session: ResellerSession, client: Client, record: SignUpRecord, *, language: str
) -> dict[str, str]:
    found = sign_up_hints.of(session, [client], {client.id: record})[client.id]
    words = translation.catalogue(language)
    locale = Locale.parse(language.replace("-", "_"))
    lines = (sign_up_words.sentence(each, words=words, locale=locale) for each in found)
    return {name: f"– {line}" for name, line in zip(HINTS_TOLD, lines, strict=False)}
