"""The sum that comes with a form for strangers: given out here, solved by the browser, good once.

It is no lock, only a price: a program that fills in ten thousand forms pays it ten thousand times.
A browser without scripts solves nothing. Its form is taken as well, from each network only a few
times an hour, and the reseller reads that it came so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import g
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.http.wiring import current
from portal.infra import signing, throttle, work_proof
from portal.infra.db import ResellerSession

GOOD_FOR: Final = timedelta(hours=2)
LENGTH_MAX: Final = 200


def challenge() -> str:
    """A sum for one form that is about to be shown, on this portal alone."""
    return str(_signer().dumps(work_proof.new_seed()))


def solved(session: ResellerSession, *, given: str, answer: str) -> bool:
    """Whether a form brings the solution of a sum that was given out here, and no form did before.

    The caller commits: from now on the sum is spent.
    """
    try:
        seed = _signer().loads(given[:LENGTH_MAX], max_age=int(GOOD_FOR.total_seconds()))
    except BadSignature:
        return False
    # What stands before the first dot is what the browser has been given to begin with.
    if not work_proof.is_right(given.partition(".")[0], answer):
        return False
    return throttle.first_in(session, f"work/{signing.digest(str(seed))}", 2 * GOOD_FOR)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current().settings.secret, salt=f"work:{g.tenant.reseller_id}")
