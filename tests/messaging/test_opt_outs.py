"""STOP is understood however it is written, and only where it is meant."""

from __future__ import annotations

import pytest

from portal.infra.db import ResellerSession
from portal.messaging import opt_outs
from portal.messaging.opt_outs import Wish
from tests.builders.inbound import NUMBER, PHONE, give, receive
from tests.cast import Cast

DIGITS = PHONE[1:]


@pytest.mark.parametrize(
    "text",
    ["please do not stop", "Stop it now", "stopping by at ten", "bus stop", "", " ", ".", "STOP 5",
     "start your engines", "x" * 5000, "st op", "не"],
)  # fmt: skip
def test_ordinary_messages_ask_for_nothing(text: str) -> None:
    assert opt_outs.wish_in(text) is None


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop. ", '"STOP!"\n', "Stop all", "STOPALL", "Unsubscribe", "opt-out",
     "Arrêt", "ARRET", "abmelden", "ＳＴＯＰ", "Quit", "END"],
)  # fmt: skip
def test_stop(text: str) -> None:
    assert opt_outs.wish_in(text) is Wish.STOP


@pytest.mark.parametrize("text", ["START", "start!", "Unstop", "opt in", "Anmelden"])
def test_start(text: str) -> None:
    assert opt_outs.wish_in(text) is Wish.START


def test_out_is_out_of_one_clients_messages(session: ResellerSession, cast: Cast) -> None:
    def out(client_id: int) -> set[str]:
        return opt_outs.is_out(session, client_id=client_id, digits=[DIGITS, "48600111333"])

    give(session, cast.alice)
    assert opt_outs.is_out(session, client_id=cast.alice.client_id, digits=[]) == set()
    for _ in range(2):
        receive(session, "STOP")
    assert out(cast.alice.client_id) == {DIGITS}
    assert out(cast.henry.client_id) == set()
    receive(session, "Start")
    assert out(cast.alice.client_id) == set()


def test_a_name_or_a_short_code_cannot_opt_out(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.alice)
    message = receive(session, "STOP", sender="7070")
    assert message.wish == "stop"
    assert opt_outs.is_out(session, client_id=cast.alice.client_id, digits=["7070"]) == set()


def test_another_reseller_knows_nothing_of_it(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    give(session, cast.alice)
    receive(session, "STOP", to=NUMBER)
    found = opt_outs.is_out(harbour_session, client_id=cast.alice.client_id, digits=[DIGITS])
    assert found == set()
