import re

from portal.gateways.sandbox.phones import BEHAVIOURS, SANDBOX


def test_numbers_lie_in_the_range_kept_for_fiction() -> None:
    assert all(re.fullmatch(r"\+1[2-9][0-9]{2}55501[0-9]{2}", phone) for phone in SANDBOX.values())


def test_there_is_one_number_for_each_behaviour() -> None:
    assert list(SANDBOX) == [
        "delivered",
        "slow",
        "undelivered",
        "rejected",
        "no_report",
        "silent",
    ]
    assert {BEHAVIOURS[phone]: phone for phone in BEHAVIOURS} == SANDBOX
