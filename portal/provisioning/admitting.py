"""Let people in, or turn them down: by a reseller's rules, by a link in a mail, or many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from portal.accounts import (
    access,
    activity,
    approving,
    clients,
    confirming,
    refusal_reasons,
    sign_up_letters,
)
from portal.accounts.actor import Actor, system
from portal.accounts.models import Client
from portal.accounts.refusal_reasons import Ready
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.pricing import selling, shelf
from portal.provisioning import onboarding
from portal.tenancy import admission, settings
from portal.tenancy.admission import Outcome


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Somebody for whom nothing was done, and why; `name` is empty where there is none."""

    client_id: int
    name: str
    why: PortalError


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of several: the clients for whom it was done, and those for whom it was not."""

    clients: list[Client]
    failed: list[Failed]


def confirm(session: ResellerSession, *, token: str, address: str, origin: str) -> Outcome:
    """Confirm an address with the link from its mail, and do what the reseller's rules say next.

    Who is let in begins with the package of the rules. Where that cannot be given any more, they
    wait like everybody else: nobody begins with prices that the reseller has not chosen.

    Raises:
        LinkSpent: the link was used, is too old, or never was one; or there is nothing to confirm.
    """
    client = confirming.confirm(session, token=token, address=address)
    rules = settings.read(session).admission
    decision = admission.decide(rules, email=client.email, country=client.country)
    by = replace(system(session.reseller_id), address=address)
    outcome = decision.outcome
    if outcome is Outcome.ACTIVATED and not _let_in(session, client, rules.package_id, by, origin):
        outcome = Outcome.WAITS
    if outcome is Outcome.REFUSED:
        reason = rules.refused_reason
        clients.refuse(session, client_id=client.id, by=by, reason=reason, origin=origin)
    if outcome is Outcome.WAITS:
        sign_up_letters.await_activation(session, client, origin=origin)
    else:
        activity.record(
            session,
            by=by,
            what="client.decided_by_rule",
            client_id=client.id,
            rule=decision.rule.value,
        )
    return outcome


def approve(
    session: ResellerSession, *, token: str, staff: Actor | None, address: str, origin: str
) -> Client:
    """Let a client in with the link from the reseller's mail, as `first_package` says.

    It is recorded as done by `staff` where they are signed in, else by the owner of the mail.

    Raises:
        LinkSpent: the link was used, is too old, or never was one; or the client waits no longer.
    """
    client = approving.client_of(session, token=token)
    by = approving.use(session, token=token, staff=staff, address=address)
    return onboarding.activate(
        session,
        client_id=client.id,
        package_id=first_package(session, client),
        by=by,
        origin=origin,
    )


def first_package(session: ResellerSession, client: Client) -> int | None:
    """What somebody begins with where nobody is asked: the package of the rules.

    None, the reseller's default fees, where none is set or it has no prices in their currency.
    """
    wanted = settings.read(session).admission.package_id
    offered = shelf.priced_in(session, client.currency, on=selling.today(session))
    return next((each.id for each in offered if each.id == wanted), None)


def activate_all(
    session: ResellerSession,
    *,
    client_ids: Iterable[int],
    package_id: int | None,
    by: Actor,
    origin: str,
    setup_fee: bool = False,
) -> Done:
    """Let several in, each by itself: what cannot be done for one does not hinder the others."""

    def one(client_id: int) -> Client:
        return onboarding.activate(
            session,
            client_id=client_id,
            package_id=package_id,
            setup_fee=setup_fee,
            by=by,
            origin=origin,
        )

    return _each(session, client_ids, one)


def refuse_all(
    session: ResellerSession,
    *,
    client_ids: Iterable[int],
    ready: Ready | None,
    own: str,
    by: Actor,
    origin: str,
) -> Done:
    """Turn several down for one reason, each by itself, as `activate_all` lets them in.

    Each reads the ready part of the reason in their own language, and then the own words.
    """

    def one(client_id: int) -> Client:
        client = access.client_by_id(session, actor=by, client_id=client_id)
        reason = refusal_reasons.written(ready, own, language=client.language)
        return clients.refuse(session, client_id=client_id, by=by, reason=reason, origin=origin)

    return _each(session, client_ids, one)


def _each(
    session: ResellerSession, client_ids: Iterable[int], act: Callable[[int], Client]
) -> Done:
    done = Done(clients=[], failed=[])
    # In order of id, so that two who do the same at once do not wait for each other.
    for client_id in sorted(set(client_ids)):
        try:
            with session.begin_nested():
                done.clients.append(act(client_id))
        except PortalError as why:
            found = session.get(Client, (session.reseller_id, client_id))
            name = found.name if found else ""
            done.failed.append(Failed(client_id=client_id, name=name, why=why))
    return done


def _let_in(
    session: ResellerSession, client: Client, package_id: int | None, by: Actor, origin: str
) -> bool:
    """Whether somebody was let in by the rules."""
    try:
        with session.begin_nested():
            onboarding.activate(
                session, client_id=client.id, package_id=package_id, by=by, origin=origin
            )
    except PortalError:
        return False
    return True
