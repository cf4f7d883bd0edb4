"""Two months of messages and deposits, made by the verbs that make them every day."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.accounts import cover, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.billing import renewing
from portal.cli.demo_fates import Fates
from portal.cli.demo_inbound import Replies
from portal.cli.demo_portals import UNIT
from portal.cli.demo_texts import Place, Trade
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import sending
from portal.messaging.errors import MessagingError
from portal.messaging.sending import Accepted, Order

DAYS = 60
_CUSTOMERS = 120
_SATURDAY = 5
_WEEKEND = {5: 0.35, 6: 0.12}
_GROWTH = (0.6, 1.1)
_COVER_LOW = 250 * UNIT
_COVER_TOP_UP = 300 * UNIT
_FIVE = 5 * UNIT
_NEWEST = 8
_NEWEST_SLOW = 0.4
_REMINDING = time(9, 4)
_BY_HAND = time(15, 17)
_ANSWERED = (time(11, 35), time(18, 10))
_BETWEEN_ANSWERS = (20, 150)
_BETWEEN_NEWEST = (4, 9)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sender:
    """A client with whom it sends, what it sends, and what its wallet shall hold at the end.

    With a number of its own, it is written to as well.
    """

    client: Client
    owner: Actor
    sub_accounts: Sequence[int]
    trade: Trade
    money: int
    number: str = ""


@dataclass(frozen=True)
class _Act:
    at: datetime
    do: Callable[[], None]


class Traffic:
    """The past of one reseller's clients, up to the present moment."""

    def __init__(
        self,
        session: ResellerSession,
        *,
        senders: Sequence[Sender],
        place: Place,
        time_zone: str,
        staff: Actor,
        fates: Fates,
        replies: Replies,
        seed: int,
    ) -> None:
        self._session = session
        self._senders = senders
        self._place = place
        self._zone = ZoneInfo(time_zone)
        self._staff = staff
        self._fates = fates
        self._replies = replies
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._customers = {
            sender.client.id: self._numbers(place.at_home, _CUSTOMERS) for sender in senders
        }

    def make(self, *, since: datetime) -> None:
        """Live through the days after this moment, in order, until now.

        Everything that is due by now has happened: no message waits for a gateway, and nobody is
        suspended.

        Raises:
            MessagingError: a message was refused, which none should be.
        """
        now = clock.now()
        first = since.astimezone(self._zone).date() + timedelta(days=1)
        today = now.astimezone(self._zone).date()
        for back in reversed(range((today - first).days + 1)):
            on = today - timedelta(days=back)
            age = (on - first).days / DAYS
            for act in sorted(self._day(on, age=age), key=lambda act: act.at):
                if act.at < now - timedelta(minutes=30):
                    with clock.pretending(act.at):
                        act.do()
        with clock.pretending(now - timedelta(minutes=3)):
            self._send(dict.fromkeys(self._senders, _NEWEST), -1, on=today)
            self._fates.meet(slow=_NEWEST_SLOW)
        with clock.pretending(now - timedelta(minutes=2)):
            self._answer(_BETWEEN_NEWEST)
        with clock.pretending(now - timedelta(minutes=1)):
            for sender in self._senders:
                self._pay(sender, below=sender.money * 9 // 10, step=UNIT)

    def _day(self, on: date, *, age: float) -> Iterator[_Act]:
        """What happens on a day; `age` is how far from the first day to the last it is."""
        yield _Act(self._at(on, time(0, 5)), lambda: self._renew(on))
        if on.weekday() < _SATURDAY:
            yield _Act(self._at(on, time(8, 20)), self._take_money)
        slow, fast = _GROWTH
        busy = _WEEKEND.get(on.weekday(), 1.0) * (slow + (fast - slow) * age)
        counts = {
            sender: round(sender.trade.a_day * busy * self._random.uniform(0.8, 1.2))
            for sender in self._senders
        }
        by_hand = {sender: count // 4 for sender, count in counts.items()}
        reminding = {sender: count - by_hand[sender] for sender, count in counts.items()}
        yield self._calls(reminding, -1, at=self._at(on, _REMINDING), on=on)
        yield self._calls(by_hand, 0, at=self._at(on, _BY_HAND), on=on)
        for at in _ANSWERED:
            yield _Act(self._at(on, at), lambda: self._answer(_BETWEEN_ANSWERS))

    def _calls(self, counts: Mapping[Sender, int], chosen: int, *, at: datetime, on: date) -> _Act:
        def do() -> None:
            self._send(counts, chosen, on=on)
            self._fates.meet()

        return _Act(at + timedelta(seconds=self._random.uniform(0, 1500)), do)

    def _at(self, on: date, at: time) -> datetime:
        return datetime.combine(on, at, tzinfo=self._zone).astimezone(clock.now().tzinfo)

    def _renew(self, on: date) -> None:
        renewing.renew_all(self._session, on=on)

    def _take_money(self) -> None:
        for sender in self._senders:
            self._pay(sender, below=sender.money // 2, step=_FIVE)
        if cover.balance(self._session) < _COVER_LOW:
            cover.pay_in(
                self._session, amount=_COVER_TOP_UP, description=self._place.deposit, by=self._staff
            )

    def _pay(self, sender: Sender, *, below: int, step: int) -> None:
        """A client whose wallet runs low pays what fills it again, in round amounts."""
        held = wallet.balance(self._session, sender.client)
        if held < below:
            wallet.payment(
                self._session,
                client_id=sender.client.id,
                amount=-(-(sender.money - held) // step) * step,
                description=f"{self._place.deposit} {sender.client.company}",
                by=self._staff,
            )

    def _send(self, counts: Mapping[Sender, int], chosen: int, *, on: date) -> None:
        """One call of each client that has something to send, from its first or last device."""
        for sender, count in counts.items():
            answers = sending.accept(
                self._session,
                actor=sender.owner,
                sub_account_id=sender.sub_accounts[chosen],
                orders=[self._order(sender, on=on) for _ in range(count)],
            )
            for answer in answers:
                if isinstance(answer, MessagingError):
                    raise answer
            if sender.number:
                phones = [each.recipient for each in answers if isinstance(each, Accepted)]
                self._replies.expect(number=sender.number, trade=sender.trade, phones=phones)

    def _answer(self, seconds_between: tuple[int, int]) -> None:
        self._replies.arrive(seconds_between=seconds_between, stopped=self._leave_alone)

    def _leave_alone(self, phone: str) -> None:
        """Nobody sends to who said STOP, be it to another client."""
        for client_id, phones in self._customers.items():
            self._customers[client_id] = [each for each in phones if each != phone]

    def _order(self, sender: Sender, *, on: date) -> Order:
        trade, kind = sender.trade, self._random.random()
        if kind < 0.03:
            words = trade.with_emoji
        elif kind < 0.08:
            words = trade.long
        else:
            words = self._random.choice(trade.usual)
        abroad = self._random.random() < 0.015
        return Order(
            to=self._numbers(self._place.abroad, 1)[0]
            if abroad
            else self._random.choice(self._customers[sender.client.id]),
            text=words.format(
                name=self._random.choice(self._place.names),
                day=(on + timedelta(days=self._random.randint(1, 5))).strftime(
                    self._place.day_format
                ),
                time=f"{self._random.randint(9, 16)}:{self._random.choice(('00', '15', '30'))}",
            ),
        )

    def _numbers(self, starts: Sequence[str], count: int) -> list[str]:
        return [
            f"{self._random.choice(starts)}{self._random.randint(10, 99)}" for _ in range(count)
        ]
