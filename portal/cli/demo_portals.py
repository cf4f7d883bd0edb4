"""The clients of the demonstration; their two portals are folders in `examples`."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.statuses import BalanceManagement
from portal.cli.demo_texts import AMERICA, BIKES, DENTIST, Place, Trade
from portal.cli.demo_texts_german import BOOKS, GERMANY, SURGERY

PASSWORD = "look-around-here"  # noqa: S105 - everybody may know it
UNIT = 1_000_000
SANDBOX_GATEWAY = "Sandbox"


@dataclass(frozen=True, kw_only=True)
class DemoNumber:
    """A number that messages come in on, with its fees."""

    e164: str
    setup_fee: int = 5 * UNIT
    monthly_fee: int = 2 * UNIT
    fee_per_message: int | None = None


@dataclass(frozen=True, kw_only=True)
class DemoClient:
    """A client and its sub-accounts: name, user, package; `money` is what it has at the end.

    Messages to its `number`, if it has one, go to its first sub-account.
    """

    company: str
    firstname: str
    lastname: str
    email: str
    phone: str
    management: BalanceManagement
    money: int
    sender: str
    trade: Trade
    sub_accounts: tuple[tuple[str, str, str], ...]
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoPortal:
    """A reseller of the demonstration; all else of it is in its folder in `examples`."""

    slug: str
    place: Place
    clients: tuple[DemoClient, ...]
    numbers: tuple[DemoNumber, ...]


PORTALS = (
    DemoPortal(
        slug="sunny",
        place=AMERICA,
        numbers=(
            DemoNumber(e164="+12025550181", fee_per_message=5_000),
            DemoNumber(e164="+12025550182"),
            DemoNumber(e164="+12025550183", setup_fee=0, fee_per_message=10_000),
        ),
        clients=(
            DemoClient(
                company="Bright Smile Dental",
                firstname="Dana",
                lastname="Miller",
                email="dana@brightsmile.example",
                phone="+12025550131",
                management=BalanceManagement.HARD,
                money=25 * UNIT,
                sender="BrightSmile",
                number="+12025550181",
                trade=DENTIST,
                sub_accounts=(
                    ("Front desk", "brightsmile.desk", "Starter"),
                    ("Reminders", "brightsmile.reminders", "Growth"),
                ),
            ),
            DemoClient(
                company="Corner Bikes",
                firstname="Omar",
                lastname="Reyes",
                email="omar@cornerbikes.example",
                phone="+12025550147",
                management=BalanceManagement.SOFT,
                money=12 * UNIT,
                sender="CornerBikes",
                number="+12025550182",
                trade=BIKES,
                sub_accounts=(
                    ("Shop", "cornerbikes.shop", "Starter"),
                    ("Workshop", "cornerbikes.workshop", "Growth"),
                ),
            ),
        ),
    ),
    DemoPortal(
        slug="harbour",
        place=GERMANY,
        numbers=(
            DemoNumber(e164="+491713920005", fee_per_message=5_000),
            DemoNumber(e164="+491713920006"),
        ),
        clients=(
            DemoClient(
                company="Praxis Dr. Lindner",
                firstname="Eva",
                lastname="Lindner",
                email="eva@praxis-lindner.example",
                phone="+4915112345601",
                management=BalanceManagement.HARD,
                money=20 * UNIT,
                sender="DrLindner",
                number="+491713920005",
                trade=SURGERY,
                sub_accounts=(
                    ("Empfang", "lindner.empfang", "Basis"),
                    ("Erinnerungen", "lindner.erinnerungen", "Flotte"),
                ),
            ),
            DemoClient(
                company="Buchhandlung Elbe",
                firstname="Jens",
                lastname="Petersen",
                email="jens@buch-elbe.example",
                phone="+4915112345602",
                management=BalanceManagement.SOFT,
                money=15 * UNIT,
                sender="BuchElbe",
                trade=BOOKS,
                sub_accounts=(
                    ("Laden", "buchelbe.laden", "Basis"),
                    ("Lager", "buchelbe.lager", "Flotte"),
                ),
            ),
        ),
    ),
)
