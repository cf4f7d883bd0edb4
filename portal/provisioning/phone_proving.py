"""Send a code to the telephone of a client, and give what its owner is offered for it."""

from __future__ import annotations

from babel.support import NullTranslations

from portal.accounts import access, phone_checks, trial_credit
from portal.accounts.actor import Actor, system
from portal.accounts.trial_credit import TrialHadBefore
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.messaging import numbers, sending
from portal.messaging.numbers import Kind
from portal.messaging.sending import Order
from portal.tenancy import branding
from portal.tenancy.trial_rules import TrialRules

_TAKES_CODES = frozenset({Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE})


class PhoneNotTaken(PortalError):
    """No code is sent to this telephone: it is no mobile one, or of a country that is not served.

    `elsewhere` says that it is the country.
    """

    code = "phone_not_taken"

    def __init__(self, *, elsewhere: bool) -> None:
        super().__init__("no code is sent to such a telephone")
        self.elsewhere = elsewhere


def read_phone(typed: str, *, country: str, rules: TrialRules) -> str:
    """A telephone as typed, as a plus and digits.

    Raises:
        InvalidNumber: it is none.
        PhoneNotTaken: no code is sent there.
    """
    found = numbers.parse(typed, default_country=country)
    if found.country not in rules.countries:
        raise PhoneNotTaken(elsewhere=True)
    if found.kind not in _TAKES_CODES:
        raise PhoneNotTaken(elsewhere=False)
    return found.e164


def send_code(
    session: ResellerSession, *, client_id: int, phone: str, by: Actor, words: NullTranslations
) -> None:
    """Send a code to a telephone, from the reseller's own sub-account and at its cover's cost.

    `words` are those of whoever reads it. The caller has counted it (`phone_checks.count_code`).

    Raises:
        TrialHadBefore: the client is not offered anything.
        MessagingError: the message was refused; the transaction must be rolled back.
        NotFound: there is no such client.
    """
    client = access.client_by_id(session, actor=by, client_id=client_id)
    rules = trial_credit.offered(session, client)
    if rules is None:
        raise TrialHadBefore
    code = phone_checks.begin(session, client_id=client_id, phone=phone, by=by)
    said = words.gettext("%(code)s is your code for %(portal)s. It works for 10 minutes.")
    sending.accept_one(
        session,
        actor=system(session.reseller_id),
        sub_account_id=rules.sub_account_id,
        order=Order(to=phone, text=said % {"code": code, "portal": branding.own(session).title}),
    )


def confirm(session: ResellerSession, *, client_id: int, code: str, by: Actor) -> int | None:
    """Note that the telephone is the client's, and credit it; the millionths that it was given.

    None where the telephone is theirs, but it or their address has had the credit before.

    Raises:
        WrongCode: it is another, is too old, or was used.
        NotFound: there is no such client.
    """
    access.client_by_id(session, actor=by, client_id=client_id)
    phone = phone_checks.prove(session, client_id=client_id, code=code, by=by)
    try:
        return trial_credit.credit(session, client_id=client_id, phone=phone, by=by)
    except TrialHadBefore:
        return None
