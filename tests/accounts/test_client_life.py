"""The life of a client, its sub-accounts and senders, and who may see it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from portal.accounts import (
    access,
    activity,
    client_list,
    clients,
    cover,
    letters,
    signing_up,
    sub_accounts,
)
from portal.accounts.actor import Viewing
from portal.accounts.errors import AmountNotPositive, NameTaken, WrongStanding
from portal.accounts.models import Client, Person
from portal.accounts.signing_up import SignUp
from portal.accounts.statuses import Standing
from portal.accounts.sub_accounts import UserInvalid
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.notifications.models import Mail
from tests.builders.money import bring_to, client_of, disagreements
from tests.cast import PASSWORD, SUNNY, UNIT, Cast, Firm

ORIGIN = "http://sunny.localhost"
FORM = SignUp(
    email="nora@new.test",
    password=PASSWORD,
    firstname="Nora",
    lastname="New",
    company="New Inc",
    phone="+12025550177",
    country="US",
    language="en",
)


def mails(session: ResellerSession, *, last: int) -> list[tuple[str, str]]:
    session.flush()
    found = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(last))
    return [(mail.notice, mail.recipient) for mail in found][::-1]


def count(session: ResellerSession, kind: type) -> int:
    return session.scalars(select(func.count()).select_from(kind)).one()


class TestSignUp:
    """Who signs up waits."""

    def test_with_an_address_that_is_there_makes_nothing(self, session: ResellerSession) -> None:
        before = count(session, Client), count(session, Person)
        for address in ("alice@acme.test", "ALICE@Acme.test"):
            again = replace(FORM, email=address)
            assert signing_up.sign_up(session, form=again, origin=ORIGIN) is None
        assert (count(session, Client), count(session, Person)) == before
        assert mails(session, last=2) == [("account_exists", "alice@acme.test")] * 2

    def test_waits_and_is_asked_to_confirm(self, session: ResellerSession, cast: Cast) -> None:
        made = signing_up.sign_up(session, form=FORM, origin=ORIGIN)
        assert made is not None
        session.flush()
        assert (made.standing, made.wallet_id, made.currency) == (Standing.WAIT, None, "USD")
        walter = client_of(session, cast.walter)
        assert made.number == walter.number + 1
        assert (made.low_balance_threshold, made.low_balance_armed) == (10 * UNIT, False)
        assert mails(session, last=1) == [("signup_confirm", "nora@new.test")]
        (noted,) = activity.latest(session, client_id=made.id)
        assert (noted.what, noted.person_id) == ("client.signed_up", None)

    def test_the_same_address_at_another_reseller_is_another_client(
        self, harbour_session: ResellerSession
    ) -> None:
        form = replace(FORM, email="alice@acme.test")
        assert signing_up.sign_up(harbour_session, form=form, origin=ORIGIN) is not None


VERBS = {
    "activate": lambda session, firm, by: clients.activate(
        session, client_id=firm.client_id, by=by, origin=ORIGIN
    ),
    "refuse": lambda session, firm, by: clients.refuse(
        session, client_id=firm.client_id, by=by, reason="No", origin=ORIGIN
    ),
    "suspend": lambda session, firm, by: clients.suspend(
        session, client_id=firm.client_id, by=by, reason="Spam"
    ),
    "lift": lambda session, firm, by: clients.lift(session, client_id=firm.client_id, by=by),
    "take back": lambda session, firm, by: clients.take_refusal_back(
        session, client_id=firm.client_id, by=by
    ),
}


class TestLife:
    """What may be done to a client depends on where it stands."""

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_client_of_another_is_not_there(
        self, harbour_session: ResellerSession, cast: Cast, verb: str
    ) -> None:
        with pytest.raises(NotFound):
            VERBS[verb](harbour_session, cast.walter, cast.hanna)

    @pytest.mark.parametrize(
        ("before", "allowed"),
        [
            ([], {"activate", "refuse"}),
            (["refuse"], {"take back"}),
            (["refuse", "take back"], {"activate", "refuse"}),
            (["activate"], {"suspend"}),
            (["activate", "suspend"], {"lift"}),
            (["activate", "suspend", "lift"], {"suspend"}),
        ],
    )
    def test_moves(
        self, session: ResellerSession, cast: Cast, before: list[str], allowed: set[str]
    ) -> None:
        for verb in before:
            VERBS[verb](session, cast.walter, cast.sam)
        standing = client_of(session, cast.walter).standing
        for verb in VERBS.keys() - allowed:
            with pytest.raises(WrongStanding) as refused:
                VERBS[verb](session, cast.walter, cast.sam)
            assert refused.value.standing is standing
        for verb in allowed:
            with session.begin_nested() as savepoint:
                VERBS[verb](session, cast.walter, cast.sam)
                assert client_of(session, cast.walter).standing is not standing
                savepoint.rollback()

    def test_is_written_down_and_told(self, session: ResellerSession, cast: Cast) -> None:
        for verb in ("activate", "suspend", "lift"):
            VERBS[verb](session, cast.walter, cast.sam)
        assert mails(session, last=1) == [("activated", "walter@waiting.test")]
        session.flush()
        noted = activity.latest(session, client_id=cast.walter.client_id, limit=3)
        assert [(n.what, n.details, n.address) for n in noted] == [
            ("client.lifted", {}, "192.0.2.1"),
            ("client.suspended", {"reason": "Spam"}, "192.0.2.1"),
            ("client.activated", {}, "192.0.2.1"),
        ]
        below = activity.latest(session, below_id=noted[1].id, limit=1)
        assert [n.what for n in below] == ["client.activated"]

    def test_who_is_refused_learns_why(self, session: ResellerSession, cast: Cast) -> None:
        VERBS["refuse"](session, cast.walter, cast.sam)
        client = client_of(session, cast.walter)
        assert (client.standing, client.refused_reason) == (Standing.REFUSED, "No")
        assert mails(session, last=1) == [("refused", "walter@waiting.test")]


def test_acting_for_a_client_is_written_down_with_both(
    session: ResellerSession, cast: Cast
) -> None:
    until = clock.now()
    viewing = Viewing(place_of="Acme", reason="Help", until=until)
    by = replace(cast.sam, client_id=cast.alice.client_id, viewing=viewing)
    activity.record(session, by=by, what="test.act", about_id=7)
    session.flush()
    (noted,) = activity.latest(session, client_id=cast.alice.client_id, limit=1)
    assert (noted.person_id, noted.acting_as_client_id, noted.about_id) == (
        cast.sam.person_id, cast.alice.client_id, 7,
    )  # fmt: skip


class TestSearch:
    """Lists of clients."""

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("", "walter henry alice"),
            (" ACM", "alice"),
            ("henry@", "henry"),
            ("walt", "walter"),
            ("cme", "alice"),
            ("ÁCMÉ", "alice"),
            ("alice tester", "alice"),
            ("alice henry", ""),
            ("%", ""),
            ("100001", "alice"),
            ("9" * 30, ""),
            ("١٢٣", ""),
        ],
    )
    def test_by_anything_that_is_known(
        self, session: ResellerSession, typed: str, found: str
    ) -> None:
        listed = client_list.search(session, text=typed)
        assert [one.client.firstname.lower() for one in listed] == found.split()

    def test_shows_balance_and_who_was_last_here(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        now = clock.now()
        session.get_one(Person, (SUNNY, cast.alice.owner.person_id)).last_login_at = now
        listed = {one.client.firstname: one for one in client_list.search(session)}
        assert (listed["Alice"].balance, listed["Alice"].last_login_at) == (100 * UNIT, now)
        assert (listed["Walter"].balance, listed["Walter"].last_login_at) == (0, None)

    def test_pages_follow_each_other(self, session: ResellerSession) -> None:
        first = client_list.search(session, limit=2)
        rest = client_list.search(session, below_id=first[-1].client.id)
        assert [one.client.firstname for one in [*first, *rest]] == ["Walter", "Henry", "Alice"]

    def test_the_words_of_the_database_are_those_of_the_model(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        """Every combination of the facts: each client in exactly the list that its word names."""
        facts = (
            "activated_at", "refused_at", "closed_at", "suspended_by_staff_at",
            "suspended_by_balance_at",
        )  # fmt: skip
        client = client_of(session, cast.alice)
        seen = set()
        for number in range(2 ** len(facts)):
            for bit, fact in enumerate(facts):
                setattr(client, fact, clock.now() if number >> bit & 1 else None)
            session.flush()
            word = client.standing
            seen.add(word)
            lists = [
                standing
                for standing in Standing
                if client in {one.client for one in client_list.search(session, standing=standing)}
            ]
            assert lists == [word]
        assert seen == set(Standing)


class TestSubAccount:
    """A device, a program, a department."""

    @pytest.mark.parametrize("user", ["", "ab", "Shop", "a b c", ".abc", "ä-shop", "a" * 81])
    def test_of_a_user_that_is_none(self, session: ResellerSession, cast: Cast, user: str) -> None:
        with pytest.raises(UserInvalid):
            create(session, cast.alice, "Shop", user, cast)

    def test_of_a_name_or_user_that_is_taken(self, session: ResellerSession, cast: Cast) -> None:
        create(session, cast.alice, "Shop", "shop", cast)
        for firm, name, user, field in (
            (cast.alice, "Shop", "shop2", "name"),
            (cast.henry, "Shop", "shop", "user"),
        ):
            with pytest.raises(NameTaken) as refused:
                create(session, firm, name, user, cast)
            assert (refused.value.field, refused.value.value) == (
                field, name if field == "name" else user,
            )  # fmt: skip
        create(session, cast.henry, "Shop", "shop2", cast)

    def test_is_found_by_its_credentials_alone(
        self, session: ResellerSession, harbour_session: ResellerSession, cast: Cast
    ) -> None:
        made, password = create(session, cast.alice, "Shop", "shop", cast)
        assert password not in made.api_password_hash
        find = sub_accounts.by_credentials
        assert find(session, user="shop", api_password=password + "x") is None
        assert find(session, user="shop", api_password="") is None
        assert find(session, user="nobody", api_password="") is None
        assert find(session, user="shop", api_password="ü€") is None
        assert find(harbour_session, user="shop", api_password=password) is None
        assert find(session, user="shop", api_password=password) is made
        made.closed_at = clock.now()
        session.flush()
        assert find(session, user="shop", api_password=password) is None
        names = [s.name for s in access.sub_accounts_of(session, client_id=cast.alice.client_id)]
        assert names == ["Main"]

    def test_of_another_is_not_there(
        self, session: ResellerSession, harbour_session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        for theirs, actor in (
            (session, cast.henry.owner),
            (session, replace(alice.owner, sub_account_ids=frozenset({1}))),
            (harbour_session, cast.hanna),
        ):
            for number in (alice.sub_account_id, 1):
                with pytest.raises(NotFound):
                    access.sub_account_by_id(theirs, actor=actor, sub_account_id=number)
        for actor in (cast.sam, alice.owner):
            found = access.sub_account_by_id(
                session, actor=actor, sub_account_id=alice.sub_account_id
            )
            assert found.client_id == alice.client_id

    def test_senders_are_approved_once_each(self, session: ResellerSession, cast: Cast) -> None:
        for _ in range(2):
            sub_accounts.approve_sender(
                session, client_id=cast.alice.client_id, name="Shop", by=cast.sam
            )
            session.flush()
        approved = sub_accounts.approved_senders(session, client_id=cast.alice.client_id)
        assert approved == ["Acme", "Shop"]


def create(
    session: ResellerSession, firm: Firm, name: str, user: str, cast: Cast
) -> tuple[sub_accounts.SubAccount, str]:
    return sub_accounts.create(session, client_id=firm.client_id, name=name, user=user, by=cast.sam)


def test_who_oversees_whom(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice.client_id
    for theirs, actor in (
        (session, cast.henry.owner),
        (session, cast.hanna),
        (harbour_session, cast.hanna),
        (harbour_session, cast.sam),
    ):
        with pytest.raises(NotFound):
            access.client_by_id(theirs, actor=actor, client_id=alice)
    for actor in (cast.sam, cast.alice.owner):
        assert access.client_by_id(session, actor=actor, client_id=alice).company == "Acme"


class TestCover:
    """The reseller's own money with the operator."""

    @pytest.mark.parametrize("amount", [0, -5])
    def test_an_amount_is_above_zero(
        self, session: ResellerSession, cast: Cast, amount: int
    ) -> None:
        with pytest.raises(AmountNotPositive):
            cover.pay_in(session, amount=amount, description="", by=cast.olga)
        assert cover.balance(session) == 1000 * UNIT

    def test_is_paid_in_and_written_down(self, session: ResellerSession, cast: Cast) -> None:
        paid = cover.pay_in(session, amount=5, description="Wire", by=cast.olga)
        session.flush()
        assert cover.balance(session) == cover.balance(session, currency="USD") == 1000 * UNIT + 5
        assert cover.balance(session, currency="JPY") == 0
        (noted,) = activity.latest(session, limit=1)
        assert (noted.what, noted.about_id, noted.details["amount"]) == ("cover.payment", paid, 5)
        assert disagreements(session) == []


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "-$1,234.50"), ("de", "-1.234,50\xa0$"), ("pt-BR", "-US$\xa01.234,50")],
)
def test_amounts_are_written_as_the_clients_language_does(
    session: ResellerSession, cast: Cast, language: str, written: str
) -> None:
    client = client_of(session, cast.alice)
    client.language = language
    assert letters.amount(client, -1_234_500_000) == written


def test_a_letter_has_the_balance_of_this_moment(session: ResellerSession, cast: Cast) -> None:
    bring_to(session, cast.alice, 7 * UNIT, by=cast.sam)
    client = client_of(session, cast.alice)
    letters.about_balance(session, client, "low_balance", url="http://sunny.localhost/dashboard")
    session.flush()
    words = session.scalars(text("SELECT text FROM mails ORDER BY id DESC LIMIT 1")).one()
    assert "$7.00" in words
    assert mails(session, last=1) == [("low_balance", "alice@acme.test")]
