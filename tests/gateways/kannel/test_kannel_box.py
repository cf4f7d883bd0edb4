"""The box that the Kannel tests stand on: never silently absent, and right about what came."""

import pytest

from tests.fakes import kannel_box
from tests.fakes.kannel_box import fakesmsc_messages, require_kannel
from tests.fakes.smpp_operator import Part, gsm_text, joined

LOG = """\
2026-11-21 21:45:56 [5607] [0] INFO: fakesmsc starting
2026-11-21 21:45:57 [5607] [0] DEBUG: Got message 1: <SunnyText +48600111222 text 100 % + {x}>
2026-11-21 21:47:30 [5607] [0] DEBUG: Got message 2: <SunnyText +48600111222 text line1>
2026-11-21 21:47:30 [5607] [0] DEBUG: Got message 3: <line2>
2026-11-21 21:47:30 [5607] [0] DEBUG: Got message 4: <S1 +48600111222 ucs-2 %01%7C%D8%3D%DC%22>
2026-11-21 21:47:30 [5607] [0] DEBUG: Got message 5: <S1 1 udh %05%00%03%0C%02%01 data ab>
"""


def test_where_kannel_is_missing_tests_are_skipped_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kannel_box, "BEARERBOX", "/nowhere/bearerbox")
    monkeypatch.delenv("PORTAL_TEST_NO_SKIPS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="to run this test: apt-get install -y"):
        require_kannel()


def test_where_nothing_may_be_skipped_they_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kannel_box, "BEARERBOX", "/nowhere/bearerbox")
    monkeypatch.setenv("PORTAL_TEST_NO_SKIPS", "1")
    with pytest.raises(pytest.fail.Exception, match="Kannel is not installed"):
        require_kannel()


def test_the_log_of_fakesmsc_is_read() -> None:
    assert [(each.sender, each.text, each.encoding) for each in fakesmsc_messages(LOG)] == [
        ("SunnyText", "100 % + {x}", "gsm7"),
        ("SunnyText", "line1\nline2", "gsm7"),
        ("S1", "ż🐢", "ucs2"),
        ("S1", "ab", "gsm7"),
    ]


def test_parts_are_joined_in_their_order_once_they_are_all_there() -> None:
    def part(number: int, data: bytes, recipient: str = "1") -> Part:
        return Part(
            sender="s",
            recipient=recipient,
            data=data,
            encoding="gsm7",
            group=7,
            count=2,
            number=number,
        )

    assert joined([part(1, b"a")]) == []
    (message,) = joined([part(2, b"\x1be"), part(1, b"x", "2"), part(1, b"\x00")])
    assert (message.text, message.parts) == ("@€", 2)


def test_the_gsm_alphabet_has_its_letters_where_the_standard_has_them() -> None:
    assert gsm_text(bytes.fromhex("00 01 02 11 24 40 5b 5e 5f 60 7b 7e 7f 1b3d")) == (
        "@£$_¤¡Ä\u00dc\u00a7¿äüà~"
    )
