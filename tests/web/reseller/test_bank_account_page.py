"""The account that clients transfer to: refusals first, then kept, hidden, removed."""

from __future__ import annotations

import pytest

from portal.infra.db import Database
from portal.payments.bank import accounts
from portal.payments.bank.models import BankAccount
from tests.builders.transferring import IBAN
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

GOOD = {"holder": "Sunny Inc", "iban": "de89 3704 0044 0532 0130 00", "currency": "USD"}
PATH = "/reseller/payments/bank"


def kept(database: Database) -> BankAccount | None:
    with database.session(SUNNY) as session:
        return accounts.own(session)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"holder": ""}, "Please fill this in"),
        ({"holder": "h" * 71}, "70"),
        ({"iban": "DE89370400440532013001"}, "a digit is wrong"),
        ({"iban": ""}, "Write the IBAN"),
        ({"number": "12345678"}, "not both"),
        ({"iban": "", "number": "12345678"}, "the bank's name is needed"),
        ({"bic": "NOBIC"}, "no BIC"),
        ({"currency": "XXX"}, "Not a valid choice"),
        ({"note": "n" * 501}, "500"),
    ],
)
def test_what_is_no_account_is_refused(
    visit: Visit, cast: Cast, database: Database, fields: dict[str, str], said: str
) -> None:
    sam = visit(cast.sam)
    sam.get(PATH)
    seen = sam.post(PATH, **{**GOOD, **fields})
    assert (seen.status, said in seen.text) == (422, True)
    assert kept(database) is None


def test_an_account_is_kept_hidden_and_removed(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "Enter your account" in sam.get("/reseller/payments").text
    seen = sam.follow(sam.post(PATH, **GOOD, note="Thanks", bic="COBADEFFXXX"))
    assert "Offered" in seen.text
    assert seen.value_of("iban") == "DE89 3704 0044 0532 0130 00"
    own = kept(database)
    assert own is not None
    assert (own.iban, own.currency, own.note) == (IBAN, "USD", "Thanks")
    assert "Change the account" in sam.get("/reseller/payments").text
    assert "No bank transfer can be begun" in sam.follow(sam.post(f"{PATH}/offer")).text
    assert "Not offered" in sam.get(PATH).text
    assert "It can be paid by bank transfer" in sam.follow(sam.post(f"{PATH}/offer")).text
    assert "Removed" in sam.follow(sam.post(f"{PATH}/remove")).text
    assert kept(database) is None
    assert sam.post(f"{PATH}/remove").status == 404
    assert sam.post(f"{PATH}/offer").status == 404
    acts = sam.get("/reseller/activity").text
    assert "IBAN …3000" in acts
    assert IBAN not in acts
