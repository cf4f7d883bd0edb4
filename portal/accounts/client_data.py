"""Who a client is: the facts that staff mend when somebody moves, marries or mistyped."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongStanding
from portal.accounts.models import Client
from portal.accounts.statuses import Standing
from portal.infra.db import ResellerSession


@dataclass(frozen=True, kw_only=True)
class ClientData:
    """All of it. Mails about the account go to `email`; people sign in with their own addresses.

    Without a `next_billing_on`, fees are charged on the day of the month on which they began.
    """

    firstname: str
    lastname: str
    company: str
    address: str
    postal_code: str
    city: str
    state: str
    country: str
    phone: str
    tax_id: str
    email: str
    language: str
    time_zone: str
    next_billing_on: date | None


def of(client: Client) -> ClientData:
    """What is known of a client."""
    return ClientData(**{name: getattr(client, name) for name in ClientData.__dataclass_fields__})


def change(session: ResellerSession, *, client_id: int, data: ClientData, by: Actor) -> bool:
    """Write down who a client is; False where that was known already.

    Raises:
        NotFound: there is no such client.
        WrongStanding: it is closed, and so nobody any more.
    """
    client = access.locked_client(session, client_id)
    if client.standing is Standing.CLOSED:
        raise WrongStanding(client.standing)
    before, after = asdict(of(client)), asdict(data)
    changed = [name for name, value in after.items() if value != before[name]]
    for name in changed:
        setattr(client, name, after[name])
    if changed:
        # Which facts, and not what they were: what is erased with the client is not to stay here.
        activity.record(
            session, by=by, what="client.changed", client_id=client.id, facts=", ".join(changed)
        )
    return bool(changed)
