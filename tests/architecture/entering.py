"""The visitors of the matrix, made in a database: a cookie or a key for each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from portal.accounts import api_keys, clients, impersonation, reach, sessions, signing_up, visits
from portal.accounts.actor import Actor
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Person
from portal.accounts.roles import AUDIENCES, RIGHTS, Right, Role
from portal.accounts.visit_models import Visit
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from tests.cast import SUNNY, Cast

CLIENT_ROLES = {
    "the power user": Role.POWER,
    "the user": Role.USER,
    "the reader": Role.READER,
    "the bookkeeper": Role.BILLING,
}
STAFF_ROLES = {
    "staff's administrator": Role.STAFF_ADMIN,
    "support": Role.STAFF_SUPPORT,
    "staff's bookkeeper": Role.STAFF_BILLING,
    "staff who read": Role.STAFF_READER,
}
OPERATOR_ROLES = {
    "the operator's administrator": Role.OPERATOR_ADMIN,
    "the operator's support": Role.OPERATOR_SUPPORT,
    "the operator's bookkeeper": Role.OPERATOR_BILLING,
    "the operator's reader": Role.OPERATOR_READER,
}


@dataclass(frozen=True)
class Pass:
    """What a visitor shows: headers of each of its requests."""

    headers: dict[str, str]


def enter(database: Database, cast: Cast) -> dict[str, Pass]:
    """A pass for every visitor of the matrix, by name."""
    with database.session(SUNNY) as session, session.begin():
        passes = _of_clients(session, cast) | _of_staff(session, cast)
    with database.session(0) as session, session.begin():
        passes |= _of_operator(session, cast)
    with database.session(SUNNY) as session, session.begin():
        passes |= _of_visits(session, cast)
    return passes


def _of_clients(session: ResellerSession, cast: Cast) -> dict[str, Pass]:
    owner = cast.alice.owner
    passes = {
        name: _cookie(session, _person(session, role, client_id=owner.client_id))
        for name, role in CLIENT_ROLES.items()
    }
    passes["nobody"] = passes["nobody at the console"] = Pass({})
    for name in ("the owner", "the owner at another reseller", "the owner at the console"):
        passes[name] = _cookie(session, owner)
    passes["the owner after signing out"] = _signed_out(session, owner)
    passes |= _of_kept_out(session, cast)
    passes |= _of_keys(session, owner, only=cast.alice.sub_account_id)
    passes |= _of_standings(session, cast)
    # Last: whoever gets a new password loses every session made before.
    other = _person(session, Role.OWNER, client_id=owner.client_id, name="late")
    passes["the owner after a new password"] = _cookie(session, other)
    session.get_one(Person, (SUNNY, other.person_id)).auth_epoch += 1
    return passes


def _of_kept_out(session: ResellerSession, cast: Cast) -> dict[str, Pass]:
    """One who is limited; and cookies, as if made before, of those who are let in no more."""
    client_id = cast.alice.client_id
    limited = _person(session, Role.READER, client_id=client_id, name="limited")
    person = session.get_one(Person, (SUNNY, limited.person_id))
    reach.put(session, person, {cast.alice.sub_account_id})
    passes = {"the limited reader": _cookie(session, limited)}
    for word in ("invited", "disabled", "removed"):
        made = _person(session, Role.OWNER, client_id=client_id, name=word)
        passes[f"somebody {word}"] = _cookie(session, made)
        person = session.get_one(Person, (SUNNY, made.person_id))
        setattr(person, f"{word}_at", clock.now())
    return passes


def _of_keys(session: ResellerSession, owner: Actor, *, only: int) -> dict[str, Pass]:
    everything, revoked = _key(session, owner), _key(session, owner, name="revoked")
    row = session.scalars(select(ApiKey).where(ApiKey.name == "revoked")).one()
    api_keys.revoke(session, by=owner, key_id=row.id)
    demoted = _person(session, Role.OWNER, client_id=owner.client_id, name="demoted")
    of_demoted = _key(session, demoted)
    session.get_one(Person, (SUNNY, demoted.person_id)).role = Role.BILLING
    return {
        "a key for everything": everything,
        "a key for the balance": _key(session, owner, Right.WALLET_READ, name="balance"),
        "a key for reading messages": _key(session, owner, Right.MESSAGES_READ, name="reading"),
        "a key for one sub-account": _key(session, owner, name="one", sub_account_id=only),
        "a key of somebody who lost the right": of_demoted,
        "a key at another reseller": everything,
        "a key at the console": everything,
        "a revoked key": revoked,
    }


def _of_standings(session: ResellerSession, cast: Cast) -> dict[str, Pass]:
    """Sessions and keys of clients that are not let in, as if they had been made before."""
    waiting = _cookie(session, cast.walter.owner)
    refused = _person(session, Role.OWNER, client_id=_refused(session, cast), name="refused")
    of_refused = _cookie(session, refused)
    clients.suspend(session, client_id=cast.henry.client_id, by=cast.sam, reason="a test")
    return {
        "a client that waits": waiting,
        "a client that was refused": of_refused,
        "a key of a client that was refused": _key(session, refused),
        "a suspended client": _cookie(session, cast.henry.owner),
    }


def _refused(session: ResellerSession, cast: Cast) -> int:
    client = signing_up.sign_up(
        session,
        form=signing_up.SignUp(
            email="rita@refused.test", password="correct horse battery", firstname="Rita",
            lastname="Tester", company="Refused", country="US", language="en",
        ),
        origin="http://sunny.localhost",
    )  # fmt: skip
    assert client is not None
    clients.refuse(
        session, client_id=client.id, by=cast.sam, reason="no", origin="http://sunny.localhost"
    )
    return client.id


def _of_staff(session: ResellerSession, cast: Cast) -> dict[str, Pass]:
    passes = {name: _cookie(session, _person(session, role)) for name, role in STAFF_ROLES.items()}
    for name in ("staff", "staff at another reseller", "staff at the console"):
        passes[name] = _cookie(session, cast.sam)
    passes["a key of staff"] = _key(session, cast.sam)
    passes["staff looking at a client"] = _viewing(session, cast, reason="")
    passes["staff acting for a client"] = _viewing(session, cast, reason="asked by telephone")
    return passes


def _of_operator(session: ResellerSession, cast: Cast) -> dict[str, Pass]:
    olga, key = (
        _cookie(session, cast.olga, host="console.localhost"),
        _key(session, cast.olga),
    )
    return {
        "the operator": olga,
        "the operator at a reseller": olga,
        **{
            name: _cookie(session, _person(session, role), host="console.localhost")
            for name, role in OPERATOR_ROLES.items()
        },
        "a key of the operator": key,
        "a key of the operator at a reseller": key,
    }


def _of_visits(session: ResellerSession, cast: Cast) -> dict[str, Pass]:
    after = _visiting(session, cast, reason="")
    session.flush()
    visit = session.scalars(select(Visit).where(Visit.begun_at.is_not(None))).one()
    visits.end(session, by=visits.actor_of(visit, place_of="x", address="192.0.2.1"))
    return {
        "the operator looking at a reseller": _visiting(session, cast, reason=""),
        "the operator acting for a reseller": _visiting(session, cast, reason="asked for help"),
        "the operator after a visit": after,
    }


def _visiting(session: ResellerSession, cast: Cast, *, reason: str) -> Pass:
    olga = visits.Visitor(person_id=cast.olga.person_id or 0, epoch=0, language="en")
    host = "sunny.localhost"
    ticket = visits.issue(session, by=cast.olga, visitor=olga, host=host, reason=reason)
    return _with_cookie(
        visits.begin(session, ticket=ticket, host=host, place_of="x", address="192.0.2.1")
    )


def _person(
    session: ResellerSession, role: Role, *, client_id: int | None = None, name: str = ""
) -> Actor:
    word = name or role.value
    made = Person(
        client_id=client_id,
        role=role,
        email=f"{word}@matrix.test",
        firstname=word,
        lastname="Tester",
        language="en",
        password_hash="",
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return Actor(
        reseller_id=made.reseller_id, person_id=made.id, name=made.name, email=made.email,
        audience=AUDIENCES[role], rights=RIGHTS[role], client_id=client_id,
    )  # fmt: skip


def _cookie(session: ResellerSession, actor: Actor, *, host: str = "sunny.localhost") -> Pass:
    return _with_cookie(_token(session, actor, host=host))


def _token(session: ResellerSession, actor: Actor, *, host: str = "sunny.localhost") -> str:
    person = session.get_one(Person, (session.reseller_id, actor.person_id))
    return sessions.start(session, person=person, host=host, address="192.0.2.1", browser="tests")


def _with_cookie(token: str) -> Pass:
    return Pass({"Cookie": f"__Host-sid={token}"})


def _signed_out(session: ResellerSession, actor: Actor) -> Pass:
    token = _token(session, actor)
    session.flush()
    sessions.end(session, token=token)
    return _with_cookie(token)


def _viewing(session: ResellerSession, cast: Cast, *, reason: str) -> Pass:
    token = _token(session, cast.sam)
    session.flush()
    by = replace(cast.sam, address="192.0.2.1")
    fresh = impersonation.start(
        session, by=by, token=token, client_id=cast.alice.client_id, reason=reason
    )
    return _with_cookie(fresh)


def _key(
    session: ResellerSession,
    by: Actor,
    *scopes: Right,
    name: str = "all",
    sub_account_id: int | None = None,
) -> Pass:
    _, text = api_keys.create(
        session,
        by=by,
        name=name,
        scopes=set(scopes) or set(by.rights),
        sub_account_id=sub_account_id,
    )
    return Pass({"Authorization": f"Bearer {text}"})
