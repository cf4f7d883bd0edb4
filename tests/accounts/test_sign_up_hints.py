"""What stands out about somebody new: facts, each with who else it is true of."""

from __future__ import annotations

import pytest
from babel import Locale

from portal.accounts import sign_up_hints, sign_up_inbox, sign_up_words, signing_up
from portal.accounts.models import Client
from portal.accounts.sign_up_hints import Hint, Kind
from portal.accounts.signing_up import Origin, SignUp
from portal.infra import clock, translation
from portal.infra.db import ResellerSession

ORIGIN = "http://sunny.localhost"
PLAIN = {
    "email": "nora@newfirm.test", "password": "a long enough password",
    "firstname": "Nora", "lastname": "New", "country": "US", "language": "en",
}  # fmt: skip


def signed_up(session: ResellerSession, *, came: Origin | None = None, **facts: str) -> Client:
    made = signing_up.sign_up(
        session,
        form=SignUp(**{**PLAIN, **facts}),
        origin=ORIGIN,
        came=came or Origin(address="198.51.100.7", time_zone="America/New_York"),
    )
    assert made is not None
    session.flush()
    return made


def hints(session: ResellerSession, client: Client) -> list[tuple[Kind, str, int]]:
    found = sign_up_inbox.one(session, client).hints
    return [(each.kind, each.value, each.count) for each in found]


def test_of_somebody_usual_nothing_stands_out(session: ResellerSession) -> None:
    made = signed_up(session, phone="+12025550143", company="New", address="1 Way", city="Town")
    assert hints(session, made) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"email": "nora@gmail.com"}, [(Kind.FREE_MAIL, "gmail.com", 0)]),
        ({"email": "Nora@GMAIL.com"}, [(Kind.FREE_MAIL, "gmail.com", 0)]),
        ({"email": "n@mailinator.com"}, [(Kind.DISPOSABLE_MAIL, "mailinator.com", 0)]),
        ({"phone": "+4915123456789"}, [(Kind.PHONE_ELSEWHERE, "DE", 0)]),
        ({"phone": "+14165550143"}, [(Kind.PHONE_ELSEWHERE, "CA", 0)]),
        ({"phone": "+12025550143", "country": "CA"}, [
            (Kind.PHONE_ELSEWHERE, "US", 0), (Kind.TIME_ZONE_ELSEWHERE, "America/New_York", 0),
        ]),
        ({"phone": "+1"}, []),
        ({"phone": "+8835100012345", "country": "US"}, [(Kind.PHONE_ELSEWHERE, "001", 0)]),
        ({"email": "a@acme.test"}, [(Kind.SAME_MAIL_DOMAIN, "acme.test", 1)]),
    ],
)  # fmt: skip
def test_what_stands_out_by_itself(
    session: ResellerSession, facts: dict[str, str], expected: list[tuple[Kind, str, int]]
) -> None:
    assert hints(session, signed_up(session, **facts)) == expected


@pytest.mark.parametrize(
    ("time_zone", "expected"),
    [
        ("Europe/Berlin", [(Kind.TIME_ZONE_ELSEWHERE, "Europe/Berlin", 0)]),
        ("Asia/Kolkata", [(Kind.TIME_ZONE_ELSEWHERE, "Asia/Kolkata", 0)]),
        ("America/Chicago", []),
        ("Etc/UTC", []),
        ("<b>", []),
        ("", []),
    ],
)
def test_the_clock_of_the_browser(
    session: ResellerSession, time_zone: str, expected: list[tuple[Kind, str, int]]
) -> None:
    came = Origin(address="198.51.100.7", time_zone=time_zone)
    assert hints(session, signed_up(session, came=came)) == expected


def test_a_form_without_its_sum_and_a_domain_without_a_mail_server(
    session: ResellerSession,
) -> None:
    made = signed_up(session, came=Origin(address="198.51.100.7", calculated=False))
    found = sign_up_inbox.one(session, made)
    assert found.record is not None
    found.record.takes_mail = False
    assert hints(session, made) == [
        (Kind.NO_MAIL_SERVER, "newfirm.test", 0),
        (Kind.NOT_CALCULATED, "", 0),
    ]


def test_who_is_like_somebody_else_is_told_with_the_newest_of_them(
    session: ResellerSession,
) -> None:
    place = {"address": "1 Way", "postal_code": "10001", "city": "Town", "phone": "+12025550143"}
    others = [signed_up(session, **{**place, "email": f"n{n}@newfirm.test"}) for n in range(5)]
    others[1].refused_at = clock.now()
    session.flush()
    made = signed_up(session, **{**place, "address": "1 WAY"})
    found = sign_up_inbox.one(session, made).hints
    newest = [each.id for each in reversed(others[2:])]
    assert [(each.kind, each.count, list(each.others)) for each in found] == [
        (Kind.REFUSED_BEFORE, 1, [others[1].id]),
        (Kind.SAME_PHONE, 5, newest),
        (Kind.SAME_MAIL_DOMAIN, 5, newest),
        (Kind.SAME_POSTAL_ADDRESS, 5, newest),
        (Kind.SAME_NETWORK, 5, newest),
    ]


def test_another_resellers_clients_are_nobody_elses_business(
    session: ResellerSession, harbour_session: ResellerSession
) -> None:
    signed_up(harbour_session, phone="+12025550143")
    harbour_session.commit()
    assert hints(session, signed_up(session, phone="+12025550143")) == []


def test_many_are_asked_about_in_as_many_questions_as_one(session: ResellerSession) -> None:
    for number in range(4):
        signed_up(session, email=f"n{number}@newfirm.test", phone="+12025550143")
    found = sign_up_inbox.listed(session)
    assert [each.client.firstname for each in found] == ["Nora"] * 4 + ["Walter"]
    counted = {each.client.email: [hint.count for hint in each.hints] for each in found}
    assert counted["n0@newfirm.test"] == [3, 3, 3]
    assert [each.client.id for each in sign_up_inbox.listed(session, limit=2)] == [
        each.client.id for each in found[:2]
    ]
    below = sign_up_inbox.listed(session, below_id=found[3].client.id)
    assert [each.client.firstname for each in below] == ["Walter"]


def test_who_waits_for_whom_is_counted_apart(session: ResellerSession) -> None:
    made = signed_up(session)
    assert vars(sign_up_inbox.counted(session)) == {"ready": 1, "unconfirmed": 1}
    made.email_confirmed_at = clock.now()
    session.flush()
    assert vars(sign_up_inbox.counted(session)) == {"ready": 2, "unconfirmed": 0}


@pytest.mark.parametrize("kind", Kind)
def test_every_hint_has_words_with_its_facts(kind: Kind) -> None:
    words, locale = translation.catalogue("en"), Locale("en")
    for count in (1, 3):
        said = sign_up_words.sentence(
            Hint(kind=kind, value="DE", count=count), words=words, locale=locale
        )
        assert said.endswith(".")
        assert "%" not in said
    assert sign_up_hints.OTHERS_NAMED == 3
