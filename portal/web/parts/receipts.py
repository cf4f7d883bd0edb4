"""What a message cost and why, in words and in lines that add up to its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from babel.numbers import format_percent
from flask_babel import gettext, lazy_gettext, ngettext

from portal.http.language import locale
from portal.ledger.units import MICROS
from portal.messaging.models import Message
from portal.pricing.rating import Pulse, Rule
from portal.web.parts.formats import money, number

FREE = frozenset({Rule.ON_NET, Rule.FREE_ZONE, Rule.QUOTA})
"""The rules under which no money is asked."""


@dataclass(frozen=True)
class Line:
    """One line of the sum: what it is, how it is counted, and its amount in millionths."""

    label: str
    detail: str
    micros: int


@dataclass(frozen=True)
class BundleUsed:
    """How many parts a bundle gave, by the name of its package."""

    name: str
    parts: int


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """How a price came about, as it was frozen; amounts are millionths of the currency.

    `price_micros` is what was charged, be it given back since or not.
    """

    rule: Rule
    prefix: str
    destination: str
    parts: int
    bundle_parts: int
    bundles: tuple[BundleUsed, ...]
    quota_parts: int
    pulse: Pulse
    unit_price_micros: int
    addition_micros: int
    price_micros: int
    currency: str
    refunded_at: datetime | None
    markup_fixed_micros: int
    markup_percent_millionths: int
    unit_cost_micros: int
    cost_micros: int
    package_version_id: int | None

    @property
    def is_free(self) -> bool:
        """Whether the rule asks for no money at all."""
        return self.rule in FREE

    @property
    def charged_parts(self) -> int:
        """Those that neither a bundle nor a quota gave."""
        return 0 if self.is_free else self.parts - self.bundle_parts

    @property
    def times(self) -> int:
        """How often the unit price is charged."""
        if self.pulse is Pulse.MESSAGE:
            return min(self.charged_parts, 1)
        return self.charged_parts

    @property
    def markup_words(self) -> str:
        """What was added to the cost of a part: an amount, then a share of both."""
        share = Decimal(self.markup_percent_millionths) / MICROS
        written = format_percent(share, "#,##0.####%", locale=locale())
        fixed = money(self.markup_fixed_micros, self.currency)
        return str(gettext("%(fixed)s, then %(percent)s", fixed=fixed, percent=written))

    @property
    def words(self) -> str:
        """Which rule made the price, for whom it was made."""
        return rule_words(
            self.rule,
            prefix=self.prefix,
            unit_price=self.unit_price_micros,
            currency=self.currency,
            pulse=self.pulse,
        )

    @property
    def sentence(self) -> str:
        """All of it in one breath: how many parts, what is free of them, and the price."""
        parts = ngettext("%(num)s part", "%(num)s parts", self.parts)
        if self.rule is Rule.QUOTA:
            return str(gettext("%(parts)s, all prepaid: nothing to pay.", parts=parts))
        if self.is_free:
            return str(gettext("%(parts)s, all free: nothing to pay.", parts=parts))
        price = money(self.price_micros, self.currency)
        if not self.bundle_parts:
            return str(gettext("%(parts)s, together %(price)s.", parts=parts, price=price))
        return str(
            gettext(
                "%(parts)s, %(free)s of them free, together %(price)s.",
                parts=parts,
                free=number(self.bundle_parts),
                price=price,
            )
        )

    @property
    def rule_name(self) -> str:
        """What staff call the rule."""
        return _staff_names()[self.rule]

    @property
    def lines(self) -> list[Line]:
        """What adds up to the price; none for a message that no money was asked for."""
        if self.is_free:
            return []
        unit = money(self.unit_price_micros, self.currency)
        if self.pulse is Pulse.MESSAGE:
            whole = Line(gettext("Price of the message"), "", self.unit_price_micros)
            free = -self.unit_price_micros if not self.times else 0
        else:
            detail = f"{number(self.parts)} × {unit}"
            whole = Line(gettext("Price of the parts"), detail, self.parts * self.unit_price_micros)
            free = -self.bundle_parts * self.unit_price_micros
        found = [whole]
        if self.bundle_parts:
            detail = f"{number(self.bundle_parts)} × {unit}" if free else ""
            if self.pulse is Pulse.MESSAGE:
                detail = ""
            found.append(Line(self._free_words(), detail, free))
        if self.addition_micros:
            found.append(Line(gettext("For each message"), "", self.addition_micros))
        return found

    def _free_words(self) -> str:
        names = ", ".join(
            gettext("%(parts)s of %(name)s", parts=number(each.parts), name=each.name)
            for each in self.bundles
        )
        if not names:
            return str(gettext("Free parts"))
        return str(gettext("Free parts (%(names)s)", names=names))


def of(message: Message, *, bundles: Sequence[BundleUsed] = ()) -> Receipt:
    """The receipt of a message; `bundles` are those that gave parts, where a page shows them."""
    return Receipt(
        rule=Rule(message.rule),
        prefix=message.prefix,
        destination=locale().territories.get(message.country, message.country),
        parts=message.parts,
        bundle_parts=message.bundle_parts,
        bundles=tuple(bundles),
        quota_parts=message.quota_parts,
        pulse=Pulse(message.pulse),
        unit_price_micros=message.unit_price,
        addition_micros=message.addition,
        price_micros=message.price,
        currency=message.currency,
        refunded_at=message.refunded_at,
        markup_fixed_micros=message.markup_fixed,
        markup_percent_millionths=message.markup_percent_millionths,
        unit_cost_micros=message.unit_cost,
        cost_micros=message.cost,
        package_version_id=message.package_version_id,
    )


def rule_words(
    rule: Rule, *, prefix: str, unit_price: int, currency: str, pulse: Pulse = Pulse.PART
) -> str:
    """Why a message costs what it costs, in a sentence that tells nothing of its cost."""
    each = "message" if pulse is Pulse.MESSAGE else "part"
    words = _CLIENTS_WORDS.get((rule, each)) or _CLIENTS_WORDS[rule, ""]
    return str(words) % {"prefix": prefix_shown(prefix), "price": money(unit_price, currency)}


_CLIENTS_WORDS: Final = {
    (Rule.ON_NET, ""): lazy_gettext("This number is reached without a network, so it is free."),
    (Rule.FREE_ZONE, ""): lazy_gettext("Numbers that begin with %(prefix)s are free."),
    (Rule.QUOTA, ""): lazy_gettext("It is paid with prepaid parts, so it costs no money."),
    (Rule.OWN_RATE, ""): lazy_gettext(
        "Numbers that begin with %(prefix)s have a price of their own: %(price)s."
    ),
    (Rule.FLAT, "part"): lazy_gettext("All destinations cost the same: %(price)s a part."),
    (Rule.FLAT, "message"): lazy_gettext("All destinations cost the same: %(price)s a message."),
    (Rule.MARKUP, "part"): lazy_gettext(
        "The network's prefix %(prefix)s decides: a part costs %(price)s."
    ),
    (Rule.MARKUP, "message"): lazy_gettext(
        "The network's prefix %(prefix)s decides: a message costs %(price)s."
    ),
}


def prefix_shown(prefix: str) -> str:
    """A prefix with its plus, which stays before it also where the text runs from right to left."""
    return f"\u2066+{prefix}\u2069"


def _staff_names() -> dict[Rule, str]:
    return {
        Rule.ON_NET: gettext("On-net"),
        Rule.FREE_ZONE: gettext("Free zone"),
        Rule.QUOTA: gettext("Quota"),
        Rule.OWN_RATE: gettext("Own rate of the package"),
        Rule.FLAT: gettext("Flat fee of the package"),
        Rule.MARKUP: gettext("Markup on the cost"),
    }
