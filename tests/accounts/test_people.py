"""The people of a firm: who manages them, what ends with a role, and who can never be lost."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import (
    activity,
    api_keys,
    impersonation,
    login,
    people,
    reach,
    resets,
    sessions,
)
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor, Viewing
from portal.accounts.errors import (
    LastOwner,
    LimitMissing,
    OwnAccess,
    RoleUnfit,
    WrongCredentials,
)
from portal.accounts.models import Person, SubAccount
from portal.accounts.people import Access
from portal.accounts.people_models import PersonSubAccount
from portal.accounts.roles import (
    AUDIENCES,
    LIMITABLE,
    OF_THE_WHOLE_CLIENT,
    OWNERS,
    RIGHTS,
    Audience,
    Right,
    Role,
)
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from tests.accounts import firms
from tests.cast import Cast

HOST = "sunny.localhost"


def person_of(session: ResellerSession, actor: Actor) -> Person:
    return session.get_one(Person, (session.reseller_id, actor.person_id))


def signed_in(session: ResellerSession, person: Person) -> str:
    token = sessions.start(session, person=person, host=HOST, address="192.0.2.1", browser="b")
    session.flush()
    return token


def holds(session: ResellerSession, token: str) -> bool:
    session.expire_all()
    return sessions.find(session, token=token, host=HOST) is not None


def test_who_manages_nobody(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice.owner
    seen = Viewing(place_of="Acme", reason="asked", until=clock.now())
    nobodies = [
        replace(alice, rights=RIGHTS[Role.POWER]),
        replace(alice, rights=RIGHTS[Role.BILLING]),
        replace(alice, viewing=seen),
        replace(cast.sam, rights=RIGHTS[Role.STAFF_READER]),
        replace(cast.sam, rights=RIGHTS[Role.STAFF_BILLING]),
    ]
    person = person_of(session, alice)
    for nobody in nobodies:
        with pytest.raises(NotAllowed):
            people.by_id(session, by=nobody, client_id=cast.alice.client_id, person_id=person.id)
        with pytest.raises(NotAllowed):
            firms.invited(session, nobody, Role.READER, client_id=cast.alice.client_id)
    assert (
        people.by_id(session, by=alice, client_id=cast.alice.client_id, person_id=person.id)
        is person
    )


def test_a_firm_that_is_not_theirs_is_none(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    tried = [
        (session, cast.alice.owner, cast.henry.client_id),
        (session, cast.alice.owner, None),
        (session, cast.sam, cast.berta.client_id),
        (harbour_session, cast.hanna, cast.alice.client_id),
    ]
    for own, actor, client_id in tried:
        with pytest.raises(NotFound):
            people.listed(own, by=actor, client_id=client_id)
        with pytest.raises(NotFound):
            firms.invited(own, actor, Role.READER, client_id=client_id)
    with pytest.raises(NotAllowed):
        people.listed(harbour_session, by=cast.sam, client_id=None)
    strange = person_of(session, cast.henry.owner).id
    with pytest.raises(NotFound):
        people.by_id(
            session, by=cast.alice.owner, client_id=cast.alice.client_id, person_id=strange
        )
    with pytest.raises(NotFound):
        people.by_id(session, by=cast.sam, client_id=None, person_id=strange)


def test_the_list_is_of_one_firm_and_staff_who_read_see_it(
    session: ResellerSession, cast: Cast
) -> None:
    client_id = cast.alice.client_id
    waiting = firms.invited(session, cast.alice.owner, Role.READER, client_id=client_id)
    gone = firms.joined(session, cast.alice.owner, Role.BILLING, client_id=client_id)
    firms.removed(session, cast.alice.owner, gone)
    reader = replace(cast.sam, rights=RIGHTS[Role.STAFF_READER])
    expected = [cast.alice.owner.person_id, waiting.id]
    for by in (cast.alice.owner, cast.sam, reader):
        found = people.listed(session, by=by, client_id=client_id)
        assert [each.id for each in found] == expected
    assert [each.id for each in people.listed(session, by=cast.sam, client_id=None)] == [
        cast.sam.person_id
    ]


@pytest.mark.parametrize("role", [Role.STAFF_OWNER, Role.OPERATOR_READER])
def test_a_client_has_no_roles_of_others(session: ResellerSession, cast: Cast, role: Role) -> None:
    with pytest.raises(RoleUnfit):
        firms.invited(session, cast.alice.owner, role, client_id=cast.alice.client_id)


def test_staff_are_no_clients_and_no_operators(session: ResellerSession, cast: Cast) -> None:
    for role in (Role.OWNER, Role.OPERATOR_OWNER):
        with pytest.raises(RoleUnfit):
            firms.invited(session, cast.sam, role)


def test_the_database_knows_whose_a_role_is(session: ResellerSession, cast: Cast) -> None:
    for role in (Role.STAFF_READER, Role.OPERATOR_OWNER):
        with pytest.raises(IntegrityError, match="role_of_firm"), session.begin_nested():
            session.execute(
                update(Person).where(Person.id == cast.alice.owner.person_id).values(role=role)
            )
    for role in (Role.READER, Role.OPERATOR_OWNER):
        with pytest.raises(IntegrityError, match="role_of_firm"), session.begin_nested():
            session.execute(update(Person).where(Person.id == cast.sam.person_id).values(role=role))
    with pytest.raises(IntegrityError, match="limitable"), session.begin_nested():
        session.execute(
            update(Person).where(Person.id == cast.alice.owner.person_id).values(is_limited=True)
        )


@pytest.mark.parametrize(
    ("role", "only", "error"),
    [
        (Role.OWNER, "first", RoleUnfit),
        (Role.BILLING, "first", RoleUnfit),
        (Role.USER, None, LimitMissing),
        (Role.USER, "nothing", LimitMissing),
        (Role.READER, "nothing", LimitMissing),
        (Role.READER, "henrys", NotFound),
        (Role.READER, "closed", NotFound),
    ],
)
def test_limits_that_do_not_fit(
    session: ResellerSession, cast: Cast, role: Role, only: str | None, error: type[Exception]
) -> None:
    alice = cast.alice
    closed = firms.second_sub_account(session, cast.sam, alice.client_id)
    named = {
        "first": frozenset({alice.sub_account_id}),
        "nothing": frozenset[int](),
        "henrys": frozenset({alice.sub_account_id, cast.henry.sub_account_id}),
        "closed": frozenset({closed}),
    }
    _close(session, closed)
    with pytest.raises(error):
        firms.invited(
            session,
            alice.owner,
            role,
            client_id=alice.client_id,
            only=named[only] if only else None,
        )


def _close(session: ResellerSession, sub_account_id: int) -> None:
    session.execute(
        update(SubAccount).where(SubAccount.id == sub_account_id).values(closed_at=clock.now())
    )


def test_the_database_lets_nobody_reach_another_clients_sub_account(
    session: ResellerSession, cast: Cast
) -> None:
    reader = firms.joined(
        session,
        cast.alice.owner,
        Role.READER,
        client_id=cast.alice.client_id,
        only=frozenset({cast.alice.sub_account_id}),
    )
    for client_id in (cast.alice.client_id, cast.henry.client_id):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                insert(PersonSubAccount).values(
                    reseller_id=session.reseller_id,
                    person_id=reader.id,
                    client_id=client_id,
                    sub_account_id=cast.henry.sub_account_id,
                )
            )


def test_nobody_who_may_be_limited_has_a_right_over_the_whole_client() -> None:
    for role in LIMITABLE:
        assert AUDIENCES[role] is Audience.CLIENT
        assert not RIGHTS[role] & OF_THE_WHOLE_CLIENT


def test_a_limit_is_in_force_at_once_in_sessions_and_keys(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    second = firms.second_sub_account(session, cast.sam, alice.client_id)
    only = frozenset({second})
    user = firms.joined(session, alice.owner, Role.USER, client_id=alice.client_id, only=only)
    token = signed_in(session, user)
    recognised = sessions.find(session, token=token, host=HOST)
    assert recognised is not None
    assert impersonation.actor_of(recognised, address="").sub_account_ids == only
    assert reach.of_person(session, user) == only
    reach.put(session, user, frozenset({alice.sub_account_id}))
    session.expire_all()
    recognised = sessions.find(session, token=token, host=HOST)
    assert recognised is not None
    assert recognised.sub_account_ids == {alice.sub_account_id}


def test_a_key_reaches_no_more_than_who_made_it(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    second = firms.second_sub_account(session, cast.sam, alice.client_id)
    power = firms.joined(session, alice.owner, Role.OWNER, client_id=alice.client_id)
    texts = [
        api_keys.create(
            session,
            by=firms.acting(power),
            name=f"key {number}",
            scopes={Right.MESSAGES_READ},
            sub_account_id=number,
        )[1]
        for number in (None, second, alice.sub_account_id)
    ]

    def reached() -> list[frozenset[int] | None]:
        session.expire_all()
        found = [api_keys.resolve(session, text) for text in texts]
        return [each.actor.sub_account_ids if each else frozenset({0}) for each in found]

    one, other = frozenset({second}), frozenset({alice.sub_account_id})
    assert reached() == [None, one, other]
    power.role = Role.READER  # as if by hand: through the verb the keys would have ended
    reach.put(session, power, one)
    assert reached() == [one, one, frozenset()]


def test_another_role_ends_sessions_keys_and_links(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    person = firms.joined(session, alice.owner, Role.OWNER, client_id=alice.client_id)
    token = signed_in(session, person)
    _, text = api_keys.create(
        session, by=firms.acting(person), name="own", scopes={Right.MESSAGES_READ}
    )
    others, _ = api_keys.create(
        session, by=alice.owner, name="alices", scopes={Right.MESSAGES_READ}
    )
    epoch = person.auth_epoch
    same = Access(role=Role.OWNER)
    assert not people.change(session, by=alice.owner, person=person, to=same)
    assert holds(session, token)
    assert people.change(session, by=alice.owner, person=person, to=Access(role=Role.BILLING))
    assert not holds(session, token)
    assert api_keys.resolve(session, text) is None
    assert (person.role, person.auth_epoch) == (Role.BILLING, epoch + 1)
    session.refresh(others)
    assert others.revoked_at is None
    rows = activity.latest(session, client_id=alice.client_id, limit=2)
    assert [(row.what, row.details.get("role")) for row in rows] == [
        ("person.changed", "billing"),
        ("key.revoked", None),
    ]


def test_nobody_changes_or_removes_themselves(session: ResellerSession, cast: Cast) -> None:
    for actor in (cast.alice.owner, cast.sam):
        own = person_of(session, actor)
        reader = Role.READER if actor.client_id else Role.STAFF_READER
        with pytest.raises(OwnAccess):
            people.change(session, by=actor, person=own, to=Access(role=reader))
        with pytest.raises(OwnAccess):
            people.disable(session, by=actor, person=own)
        with pytest.raises(OwnAccess):
            people.remove(session, by=actor, person=own)


def test_the_last_owner_stays(session: ResellerSession, cast: Cast) -> None:
    """Whoever asks: its reseller's staff could."""
    alice = cast.alice
    last = person_of(session, alice.owner)
    # One who has not come, one who is kept out, and an owner of another client are no owners.
    firms.invited(session, alice.owner, Role.OWNER, client_id=alice.client_id)
    other = firms.joined(
        session, alice.owner, Role.OWNER, client_id=alice.client_id, email="x@people.test"
    )
    people.disable(session, by=cast.sam, person=other)
    with pytest.raises(LastOwner):
        people.change(session, by=cast.sam, person=last, to=Access(role=Role.READER))
    with pytest.raises(LastOwner):
        people.disable(session, by=cast.sam, person=last)
    with pytest.raises(LastOwner):
        people.remove(session, by=cast.sam, person=last)
    people.enable(session, by=cast.sam, person=other)
    people.change(session, by=cast.sam, person=last, to=Access(role=Role.READER))
    assert last.role == Role.READER
    with pytest.raises(LastOwner):
        people.remove(session, by=cast.sam, person=other)


def test_owners_are_made_and_unmade_by_owners(session: ResellerSession, cast: Cast) -> None:
    admin = firms.joined(session, cast.sam, Role.STAFF_ADMIN)
    second = firms.joined(session, cast.sam, Role.STAFF_OWNER)
    by = firms.acting(admin)
    with pytest.raises(NotAllowed):
        firms.invited(session, by, Role.STAFF_OWNER, email="z@people.test")
    for act in (people.disable, people.remove):
        with pytest.raises(NotAllowed):
            act(session, by=by, person=second)
    with pytest.raises(NotAllowed):
        people.change(session, by=by, person=second, to=Access(role=Role.STAFF_READER))
    assert not people.may_change(session, by=by, person=second)
    assert not people.may_change(session, by=by, person=admin)
    assert people.may_change(session, by=cast.sam, person=second)
    people.disable(session, by=cast.sam, person=second)
    with pytest.raises(NotAllowed):
        people.enable(session, by=by, person=second)
    reader = firms.joined(session, by, Role.STAFF_READER)
    with pytest.raises(NotAllowed):
        people.change(session, by=by, person=reader, to=Access(role=Role.STAFF_OWNER))
    assert people.change(session, by=by, person=reader, to=Access(role=Role.STAFF_SUPPORT))
    # Of a client it is its reseller who makes owners, too.
    support = firms.acting(reader)
    support = replace(support, rights=RIGHTS[Role.STAFF_SUPPORT])
    firms.invited(
        session, support, Role.OWNER, client_id=cast.alice.client_id, email="o@people.test"
    )


def test_whoever_is_kept_out_cannot_come_back_by_any_way(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    person = firms.joined(session, alice.owner, Role.POWER, client_id=alice.client_id)
    token = signed_in(session, person)
    people.disable(session, by=alice.owner, person=person)
    people.disable(session, by=alice.owner, person=person)
    assert not holds(session, token)
    assert not holds(session, signed_in(session, person))
    attempt = login.begin(session, email=person.email, address="192.0.2.1")
    with pytest.raises(WrongCredentials):
        login.finish(session, attempt, right=True)
    resets.mail_link(session, person_id=person.id, address="", origin="http://x.test")
    assert [row.what for row in activity.latest(session, limit=2)] == [
        "login.refused",
        "person.disabled",
    ]
    people.enable(session, by=alice.owner, person=person)
    people.enable(session, by=alice.owner, person=person)
    attempt = login.begin(session, email=person.email, address="192.0.2.1")
    assert login.finish(session, attempt, right=True).person is person


def test_whoever_is_removed_leaves_a_name_and_frees_an_address(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    person = firms.joined(
        session,
        alice.owner,
        Role.READER,
        client_id=alice.client_id,
        only=frozenset({alice.sub_account_id}),
        email="petra@people.test",
    )
    people.remove(session, by=alice.owner, person=person)
    assert (person.name, person.email) == ("Petra reader", str(person.id))
    assert reach.of_person(session, person) == frozenset()
    with pytest.raises(NotFound):
        people.by_id(session, by=alice.owner, client_id=alice.client_id, person_id=person.id)
    again = firms.joined(session, cast.sam, Role.STAFF_READER, email="PETRA@people.test")
    assert again.id != person.id
    nameless = firms.joined(
        session, alice.owner, Role.BILLING, client_id=alice.client_id, email="no@people.test"
    )
    people.rename(session, by=alice.owner, person=nameless, firstname="", lastname="")
    people.remove(session, by=alice.owner, person=nameless)
    assert nameless.name == "no@people.test"


def test_names_are_changed_without_ending_anything(session: ResellerSession, cast: Cast) -> None:
    own = person_of(session, cast.alice.owner)
    token = signed_in(session, own)
    for _ in range(2):
        people.rename(session, by=cast.alice.owner, person=own, firstname="Alicia", lastname="A")
    assert holds(session, token)
    renamed = [row for row in activity.latest(session, limit=5) if row.what == "person.renamed"]
    assert len(renamed) == 1


def test_every_audience_has_an_owner_of_its_own() -> None:
    assert {AUDIENCES[role] for role in OWNERS.values()} == set(Audience)
    for audience, role in OWNERS.items():
        mine = [RIGHTS[each] for each in Role if AUDIENCES[each] is audience]
        assert RIGHTS[role] == frozenset().union(*mine)


def test_people_of_the_first_migration_reach_everything(
    session: ResellerSession, cast: Cast
) -> None:
    assert session.scalars(select(Person.is_limited).distinct()).all() == [False]
    assert reach.of_person(session, person_of(session, cast.alice.owner)) is None


def test_only_somebody_who_is_there_chooses_a_language(
    session: ResellerSession, cast: Cast
) -> None:
    with pytest.raises(NotFound):
        people.choose_language(session, person_id=5, language="de")
    assert cast.sam.person_id is not None
    people.choose_language(session, person_id=cast.sam.person_id, language="de")
    assert person_of(session, cast.sam).language == "de"
