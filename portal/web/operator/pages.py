"""What all pages of the operator share: their blueprint, and sessions beyond the console's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint

from portal.accounts import directory
from portal.http.unit_of_work import own_transaction
from portal.http.wiring import current
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy.resellers import OPERATOR_ID

blueprint = Blueprint("operator", __name__, url_prefix="/operator")


@contextmanager
def across_resellers() -> Iterator[ResellerSession]:
    """A session that reads everybody's rows; nothing that is done in it is kept."""
    with current().database.across_resellers() as everywhere:
        yield everywhere


def own_people() -> dict[int, str]:
    """What to call the operator's people; read before `in_reseller`, not beside it."""
    with own_transaction() as console:
        return directory.staff_names(console)


@contextmanager
def in_reseller(reseller_id: int) -> Iterator[ResellerSession]:
    """A session of one reseller's, committed when its block ends.

    Raises:
        NotFound: the operator is none of its own resellers.
    """
    if reseller_id == OPERATOR_ID:
        raise NotFound("reseller", reseller_id)
    with own_transaction(reseller_id) as beside:
        yield beside
