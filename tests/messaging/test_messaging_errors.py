from datetime import timedelta

import pytest

from portal.messaging.errors import (
    CannotAfford,
    ClientSuspended,
    CountryNotOpen,
    EmptyText,
    InDebt,
    InvalidNumber,
    LimitReached,
    MessagingError,
    NoRate,
    NumberFault,
    OptedOut,
    QuotaUsedUp,
    SenderFault,
    SenderNotAllowed,
    TemporarilyUnavailable,
    TextTooLong,
)

FAMILY: list[tuple[MessagingError, str, dict[str, object]]] = [
    (
        InvalidNumber("12", why=NumberFault.LENGTH),
        "invalid_number",
        {"given": "12", "why": "length"},
    ),
    (EmptyText(), "empty_text", {}),
    (
        TextTooLong(parts=6, parts_max=5, characters=800, characters_max=1000),
        "text_too_long",
        {"parts": 6, "parts_max": 5, "characters": 800, "characters_max": 1000},
    ),
    (
        SenderNotAllowed("BANK", why=SenderFault.RESERVED),
        "sender_not_allowed",
        {"sender": "BANK", "why": "reserved"},
    ),
    (NoRate("+4915112345678"), "no_rate", {"recipient": "+4915112345678"}),
    (CountryNotOpen("DE"), "country_not_open", {"country": "DE"}),
    (OptedOut("+4915112345678"), "opted_out", {"recipient": "+4915112345678"}),
    (
        CannotAfford(needs=45_000, has=0, currency="EUR"),
        "insufficient_funds",
        {"needs": 45_000, "has": 0, "currency": "EUR"},
    ),
    (QuotaUsedUp(needs=3, has=2), "quota_used_up", {"needs": 3, "has": 2}),
    (InDebt(codes_pass=True), "debt_unpaid", {"codes_pass": True}),
    (ClientSuspended(), "client_suspended", {}),
    (
        LimitReached("daily", maximum=200, again_after=timedelta(hours=1)),
        "limit_reached",
        {"limit": "daily", "maximum": 200, "again_after": timedelta(hours=1)},
    ),
    (TemporarilyUnavailable(why="no_cover"), "temporarily_unavailable", {"why": "no_cover"}),
]


@pytest.mark.parametrize(("error", "code", "facts"), FAMILY)
def test_each_refusal_has_its_code_and_carries_its_facts(
    error: MessagingError, code: str, facts: dict[str, object]
) -> None:
    assert error.code == code
    assert vars(error) == facts
    assert str(error)


def test_no_two_refusals_share_a_code() -> None:
    codes = [kind.code for kind in MessagingError.__subclasses__()]
    assert sorted(codes) == sorted({code for _, code, _ in FAMILY})
