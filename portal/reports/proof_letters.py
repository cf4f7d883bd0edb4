"""The mail that tells the operator that its books disagree."""

from __future__ import annotations

from babel.numbers import format_decimal

from portal.infra.db import ResellerSession
from portal.notifications import outbox
from portal.tenancy import resellers

NOTICE = "books_disagree"


def write(session: ResellerSession, *, rows: int, first: str, url: str) -> None:
    """Queue the mail to the session's own firm, the operator: how many rows, and the first.

    `first` is the sentence of a proof that names the row.
    """
    operator = resellers.own(session)
    outbox.write(
        session,
        NOTICE,
        to=operator.email,
        language=operator.language,
        values={
            "rows": format_decimal(rows, locale=operator.language.replace("-", "_")),
            "first": first,
            "url": url,
        },
    )
