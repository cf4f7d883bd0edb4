"""Keys for programs: who makes them, what they may do, and when they hold no more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.accounts import activity, api_keys, clients
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor, Viewing
from portal.accounts.errors import NameTaken, ScopeNotOwned, TooManyKeys
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Client, Person
from portal.accounts.roles import RIGHTS, Audience, Right, Role
from portal.infra import clock, signing
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from tests.builders.asked import statements
from tests.cast import Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
READ = {Right.MESSAGES_READ}


def make(session: ResellerSession, by: Actor, name: str = "Shop") -> str:
    _, token = api_keys.create(session, by=by, name=name, scopes=READ)
    return token


def speaks_for(session: ResellerSession, token: str) -> Actor | None:
    session.expire_all()
    resolved = api_keys.resolve(session, token, address="192.0.2.3")
    return resolved.actor if resolved else None


def test_only_owners_make_keys(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice.owner
    reader = replace(alice, rights=RIGHTS[Role.READER])
    seen_by_staff = replace(
        cast.sam,
        audience=Audience.CLIENT,
        client_id=cast.alice.client_id,
        rights=RIGHTS[Role.OWNER],
        viewing=Viewing(place_of="Acme", reason="Help", until=NOON),
    )
    for nobody in (reader, seen_by_staff, replace(alice, person_id=None)):
        with pytest.raises(NotAllowed):
            make(session, nobody)
    make(session, alice)


def test_no_key_can_do_what_its_maker_cannot(session: ResellerSession, cast: Cast) -> None:
    for scopes in (set(), {Right.LEDGER_READ}, READ | {Right.CLIENTS_READ}):
        with pytest.raises(ScopeNotOwned):
            api_keys.create(session, by=cast.alice.owner, name="x", scopes=scopes)


def test_it_is_shown_once_and_kept_as_a_hash(session: ResellerSession, cast: Cast) -> None:
    key, token = api_keys.create(session, by=cast.alice.owner, name=" Shop ", scopes=READ)
    assert token.startswith("sms_")
    assert len(token) == 4 + 27  # 160 bits
    assert (key.name, key.hash, key.prefix) == ("Shop", signing.digest(token), token[:8])
    assert token not in repr(vars(key))


def test_it_speaks_for_its_maker_within_its_scopes(session: ResellerSession, cast: Cast) -> None:
    key, token = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)
    assert speaks_for(session, token) == replace(
        cast.alice.owner, rights=frozenset(READ), key_id=key.id, address="192.0.2.3"
    )


def test_staff_and_operator_have_keys_of_their_own(
    session: ResellerSession, database: Database, cast: Cast
) -> None:
    _, token = api_keys.create(session, by=cast.sam, name="Books", scopes={Right.CLIENTS_READ})
    actor = speaks_for(session, token)
    assert actor is not None
    assert (actor.audience, actor.client_id) == (Audience.RESELLER, None)
    with database.session(0) as console:
        _, token = api_keys.create(console, by=cast.olga, name="x", scopes={Right.LEDGER_READ})
        actor = speaks_for(console, token)
    assert actor is not None
    assert (actor.audience, actor.rights) == (Audience.OPERATOR, {Right.LEDGER_READ})


@pytest.mark.parametrize(
    "token", ["", "sms_", "x", "sms_" + "a" * 27, "sms_" + "é" * 27, "\ud800", "sms_" + "a" * 9999]
)
def test_what_is_no_key_is_nobody(session: ResellerSession, token: str) -> None:
    assert api_keys.resolve(session, token) is None


def test_it_is_of_no_use_at_another_reseller(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    assert api_keys.resolve(harbour_session, make(session, cast.alice.owner)) is None


def test_finding_out_takes_one_statement(session: ResellerSession, cast: Cast) -> None:
    token = make(session, cast.alice.owner)
    session.flush()
    session.expunge_all()
    with statements(session.get_bind()) as asked:
        assert api_keys.resolve(session, token) is not None
    assert len(asked) == 1


def test_a_revoked_key_holds_no_more(session: ResellerSession, cast: Cast) -> None:
    key, token = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)
    api_keys.revoke(session, by=cast.alice.owner, key_id=key.id)
    api_keys.revoke(session, by=cast.alice.owner, key_id=key.id)
    assert speaks_for(session, token) is None
    assert api_keys.listed(session, by=cast.alice.owner) == []
    session.flush()
    found = [row.what for row in activity.latest(session, limit=2)]
    assert found == ["key.revoked", "key.created"]


def test_strangers_keys_are_not_there(session: ResellerSession, cast: Cast) -> None:
    key, token = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)
    for stranger in (cast.henry.owner, cast.sam):
        assert api_keys.listed(session, by=stranger) == []
        with pytest.raises(NotFound):
            api_keys.revoke(session, by=stranger, key_id=key.id)
    assert speaks_for(session, token) is not None


def test_its_rights_are_those_that_its_maker_still_has(
    session: ResellerSession, cast: Cast
) -> None:
    _, token = api_keys.create(
        session, by=cast.alice.owner, name="Shop", scopes={Right.MESSAGES_SEND, Right.WALLET_READ}
    )
    person = session.get(Person, (cast.alice.reseller_id, cast.alice.owner.person_id))
    assert person is not None
    person.role = Role.POWER
    session.flush()
    actor = speaks_for(session, token)
    assert actor is not None
    assert actor.rights == {Right.MESSAGES_SEND}


def test_suspension_leaves_it_waiting_and_closing_end_it(
    session: ResellerSession, cast: Cast
) -> None:
    token = make(session, cast.alice.owner)
    clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="Checks")
    session.flush()
    assert speaks_for(session, token) is not None
    client = session.get(Client, (cast.alice.reseller_id, cast.alice.client_id))
    assert client is not None
    client.closed_at = NOON
    session.flush()
    assert speaks_for(session, token) is None


def test_it_ends_when_it_was_said_to(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        key, token = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)
        key.expires_at = NOON + timedelta(hours=1)
        session.flush()
        assert speaks_for(session, token) is not None
    with clock.pretending(NOON + timedelta(hours=1)):
        assert speaks_for(session, token) is None


def test_names_are_unique_among_the_active(session: ResellerSession, cast: Cast) -> None:
    key, _ = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)
    with pytest.raises(NameTaken):
        make(session, cast.alice.owner, " Shop")
    make(session, cast.henry.owner, "Shop")
    api_keys.revoke(session, by=cast.alice.owner, key_id=key.id)
    make(session, cast.alice.owner, "Shop")


def test_ten_are_enough(session: ResellerSession, cast: Cast) -> None:
    for n in range(10):
        make(session, cast.alice.owner, f"Key {n}")
    with pytest.raises(TooManyKeys) as refused:
        make(session, cast.alice.owner, "One more")
    assert refused.value.active_max == 10
    newest = api_keys.listed(session, by=cast.alice.owner)[0]
    api_keys.revoke(session, by=cast.alice.owner, key_id=newest.id)
    make(session, cast.alice.owner, "One more")


def test_a_key_for_a_sub_account_is_for_one_of_ones_own(
    session: ResellerSession, cast: Cast
) -> None:
    def make_for(sub_account_id: int) -> str:
        _, token = api_keys.create(
            session,
            by=cast.alice.owner,
            name="Till",
            scopes=READ,
            sub_account_id=sub_account_id,
        )
        return token

    with pytest.raises(NotFound):
        make_for(cast.henry.sub_account_id)
    actor = speaks_for(session, make_for(cast.alice.sub_account_id))
    assert actor is not None
    assert actor.sub_account_ids == {cast.alice.sub_account_id}


def test_its_use_is_noted_once_a_minute(session: ResellerSession, cast: Cast) -> None:
    key, token = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)

    def lately(moment: datetime) -> bool:
        session.expire_all()
        with clock.pretending(moment):
            resolved = api_keys.resolve(session, token)
        assert resolved is not None
        return resolved.seen_lately

    assert not lately(NOON)
    with clock.pretending(NOON):
        api_keys.seen(session, key_id=key.id, address="")
    assert lately(NOON + timedelta(seconds=59))
    assert not lately(NOON + timedelta(seconds=60))
    assert session.scalar(select(ApiKey.last_used_at).where(ApiKey.id == key.id)) == NOON
