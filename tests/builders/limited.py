"""A client with two sub-accounts, of which somebody limited must see one and not the other."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts import api_keys, quotas, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode
from portal.accounts.roles import Right, Role
from portal.infra.db import Database, ResellerSession
from portal.messaging import sending
from portal.messaging.sending import Order
from tests.accounts import firms
from tests.builders import inbound
from tests.cast import SUNNY, UNIT, Cast

SEEN = ("Seen desk", "Seen words", "Seen reply", "202-555-0181")
HIDDEN = ("Hidden desk", "Hidden words", "Hidden reply", "555-0182", "5550182", "777")
"""Words and digits that belong to the other sub-account alone."""
OF_THE_WALLET = ("4,32", "4321", "Top secret deposit")


@dataclass(frozen=True)
class Limited:
    """Who is limited to `own`; the ids of messages of either sub-account."""

    own: int
    other: int
    own_message: int
    other_message: int
    user: Actor
    reader: Actor
    key: str


def plant(database: Database, cast: Cast) -> Limited:
    """Both sub-accounts, with messages, numbers and prepaid parts; and money in the wallet."""
    alice, sam = cast.alice, cast.sam
    with database.session(SUNNY) as session, session.begin():
        own, other = _sub_accounts(session, cast)
        wallet.payment(
            session,
            client_id=alice.client_id,
            amount=4_321 * UNIT,
            description="Top secret deposit",
            by=sam,
        )
        messages = [
            sending.accept_one(
                session,
                actor=alice.owner,
                sub_account_id=number,
                order=Order(to="+12025550123", text=text),
            ).id
            for number, text in ((own, "Seen words"), (other, "Hidden words"))
        ]
        _numbers(session, cast, own=own, other=other)
        quotas.set_mode(session, sub_account_id=other, mode=Mode.PREPAID, by=sam)
        quotas.top_up(session, sub_account_ids=[other], parts=777, by=sam, description="Hidden")
        only = frozenset({own})
        user, reader = (
            firms.acting(
                firms.joined(session, alice.owner, role, client_id=alice.client_id, only=only),
                only,
            )
            for role in (Role.USER, Role.READER)
        )
        _, key = api_keys.create(
            session,
            by=alice.owner,
            name="one desk",
            scopes={Right.MESSAGES_READ, Right.MESSAGES_SEND, Right.PRICES_READ},
            sub_account_id=own,
        )
    return Limited(own, other, messages[0], messages[1], user, reader, key)


def _sub_accounts(session: ResellerSession, cast: Cast) -> tuple[int, int]:
    other = cast.alice.sub_account_id
    own = firms.second_sub_account(session, cast.sam, cast.alice.client_id)
    rows = [session.get_one(SubAccount, (SUNNY, number)) for number in (own, other)]
    rows[0].name, rows[1].name = "Seen desk", "Hidden desk"
    rows[0].package_id = rows[1].package_id
    session.flush()  # messages are priced by it
    return own, other


def _numbers(session: ResellerSession, cast: Cast, *, own: int, other: int) -> None:
    for number, sub_account_id, text in (
        (inbound.NUMBER, own, "Seen reply"),
        (inbound.OTHER_NUMBER, other, "Hidden reply"),
    ):
        firm = cast.alice
        given = inbound.give(
            session, type(firm)(firm.reseller_id, firm.client_id, sub_account_id, firm.owner),
            number=number,
        )  # fmt: skip
        assert given.sub_account_id == sub_account_id
        inbound.receive(session, text, to=number)
