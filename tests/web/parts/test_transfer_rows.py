"""Movements have words for people."""

from __future__ import annotations

from portal.ledger.codes import TransferCode
from portal.web.parts.transfer_rows import WORDS


def test_every_reason_for_a_transfer_has_words():
    assert set(WORDS) == set(TransferCode)
