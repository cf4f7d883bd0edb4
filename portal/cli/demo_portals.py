"""The clients of the demonstration; their two portals are folders in `examples`."""

from __future__ import annotations

from portal.accounts.quotas import Mode
from portal.accounts.statuses import BalanceManagement
from portal.cli.demo_shapes import (
    DAYS,
    UNIT,
    DemoClient,
    DemoDealings,
    DemoNumber,
    DemoPortal,
    DemoVoucher,
)
from portal.cli.demo_texts import AMERICA, BIKES, COURIER, DENTIST, HOUSE, YOGA
from portal.cli.demo_texts_german import BOOKS, FERRIES, GERMANY, SURGERY

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
            DemoClient(
                company="Lakeside Courier",
                firstname="Ines",
                lastname="Novak",
                email="ines@lakeside.example",
                phone="+12025550152",
                management=BalanceManagement.SOFT,
                money=40 * UNIT,
                sender="Lakeside",
                trade=COURIER,
                sub_accounts=(
                    ("Dispatch", "lakeside.dispatch", "Enterprise"),
                    ("Drivers", "lakeside.drivers", "Enterprise"),
                    ("Website", "lakeside.website", ""),
                ),
                weekdays=frozenset({1, 3}),
                paid_until=15,
            ),
            DemoClient(
                company="Maple Street Yoga",
                firstname="June",
                lastname="Park",
                email="june@mapleyoga.example",
                phone="+12025550158",
                management=BalanceManagement.HARD,
                money=12 * UNIT,
                sender="MapleYoga",
                trade=YOGA,
                sub_accounts=(("Studio", "mapleyoga.studio", "Growth"),),
                weekdays=frozenset({4}),
                paid_until=DAYS,
                sent_until=6,
                billed_ago=5,
            ),
            DemoClient(
                company="SunnyText Events",
                firstname="Tess",
                lastname="Sommers",
                email="tess@sunny.example",
                phone="+12025550160",
                management=BalanceManagement.SOFT,
                money=0,
                sender="SunnyText",
                trade=HOUSE,
                sub_accounts=(("Office", "sunny.office", ""), ("Events", "sunny.events", "")),
                weekdays=frozenset({1}),
                quotas={"Office": Mode.UNLIMITED, "Events": Mode.PREPAID},
            ),
        ),
        dealings=DemoDealings(
            vouchers=(
                DemoVoucher(
                    code="WELCOME5",
                    amount=5 * UNIT,
                    description="Small Business Fair",
                    used_by="dana@brightsmile.example",
                ),
                DemoVoucher(code="SUNNYDAYS", amount=10 * UNIT, description="Newsletter"),
            ),
            charged_twice=("omar@cornerbikes.example", "Setting up a sender", "Charged twice"),
            moved=(
                "omar@cornerbikes.example",
                "dana@brightsmile.example",
                "Their transfer had the wrong customer number",
            ),
            in_debt=(
                "ines@lakeside.example",
                "Setting up the interface",
                "Direct debit Lakeside Courier",
                "The bank has returned the direct debit",
            ),
            topped_up=("Season opening", "Street fair"),
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
                money=40 * UNIT,
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
            DemoClient(
                company="Elbfähren Nord",
                firstname="Antje",
                lastname="Claasen",
                email="antje@elbfaehren.example",
                phone="+4915112345603",
                management=BalanceManagement.SOFT,
                money=30 * UNIT,
                sender="Elbfaehren",
                trade=FERRIES,
                sub_accounts=(
                    ("Fahrplan", "elbfaehren.fahrplan", "Reederei"),
                    ("Anleger", "elbfaehren.anleger", "Reederei"),
                    ("Vereinsheim", "elbfaehren.verein", ""),
                ),
                weekdays=frozenset({1, 4}),
                quotas={"Vereinsheim": Mode.PREPAID},
            ),
        ),
        dealings=DemoDealings(
            vouchers=(
                DemoVoucher(
                    code="HAFENTAG",
                    amount=5 * UNIT,
                    description="Hafengeburtstag",
                    used_by="jens@buch-elbe.example",
                ),
                DemoVoucher(code="ELBBLICK", amount=10 * UNIT, description="Rundbrief"),
            ),
            charged_twice=(
                "jens@buch-elbe.example",
                "Einrichtung Absender",
                "Doppelt berechnet",
            ),
            moved=(
                "eva@praxis-lindner.example",
                "antje@elbfaehren.example",
                "Überweisung trug die falsche Kundennummer",
            ),
            asks_for=("jens@buch-elbe.example", "BR"),
            topped_up=("Vereinsjahr", "Sommerfest"),
        ),
    ),
)
