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
from portal.cli.demo_money import Dealings
from portal.cli.demo_shapes import DAYS, UNIT, WORKDAYS
from portal.cli.demo_texts import Place, Trade
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import sending, storage
from portal.messaging.errors import MessagingError
from portal.messaging.sending import Accepted, Order

_CUSTOMERS = 120
_SATURDAY = 5
_BY_HAND_ON = frozenset({1, 3})
"""Tuesdays and Thursdays, since whoever writes by hand has a day for it."""

_WEEKEND = {5: 0.35}
_GROWTH = (0.6, 1.1)
_COVER_LOW = 250 * UNIT
_COVER_TOP_UP = 300 * UNIT
_FIVE = 5 * UNIT
_NEWEST = 8
_NEWEST_SLOW = 0.4
_REMINDING = time(9, 4)
_BY_HAND = time(15, 17)
_DEALING = time(8, 40)
_ANSWERED = (time(11, 35), time(18, 10))
_MEASURED = frozenset({57, 45, 30, 15})
"""So many days ago the planner was told how much there is: it would read all messages else."""
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
    weekdays: frozenset[int]
    paid_until: int
    sent_until: int
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
        dealings: Dealings,
        seed: int,
    ) -> None:
        self._session = session
        self._senders = senders
        self._place = place
        self._zone = ZoneInfo(time_zone)
        self._staff = staff
        self._fates = fates
        self._replies = replies
        self._dealings = dealings
        self._deals = dealings.by_day()
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._customers = {
            sender.client.id: self._numbers(place.at_home, _CUSTOMERS) for sender in senders
        }

    def make(self, *, since: datetime) -> None:
        """Live through the days after this moment, in order, until now; a transaction for each.

        Everything that is due by now has happened, and no message waits for a gateway.

        Raises:
            MessagingError: a message was refused, which none should be.
        """
        now = clock.now()
        first = since.astimezone(self._zone).date() + timedelta(days=1)
        today = now.astimezone(self._zone).date()
        for ago in reversed(range((today - first).days + 1)):
            with self._session.begin():
                self._live(today - timedelta(days=ago), ago=ago, until=now)
            if ago in _MEASURED:
                with self._session.begin():
                    storage.measure(self._session)
        with self._session.begin():
            self._present(now, on=today)

    def _live(self, on: date, *, ago: int, until: datetime) -> None:
        for act in sorted(self._day(on, ago=ago), key=lambda act: act.at):
            if act.at < until - timedelta(minutes=30):
                with clock.pretending(act.at):
                    act.do()

    def _present(self, now: datetime, *, on: date) -> None:
        """Messages that are still on their way, and wallets that are full."""
        with clock.pretending(now - timedelta(minutes=3)):
            writing = [each for each in self._senders if each.weekdays == WORKDAYS]
            self._send(dict.fromkeys(writing, _NEWEST), on=on)
            self._fates.meet(slow=_NEWEST_SLOW)
        with clock.pretending(now - timedelta(minutes=2)):
            self._answer(_BETWEEN_NEWEST)
        with clock.pretending(now - timedelta(minutes=1)):
            for sender in self._senders:
                if not sender.paid_until:
                    self._pay(sender, below=sender.money * 9 // 10, step=UNIT)

    def _day(self, on: date, *, ago: int) -> Iterator[_Act]:
        """What happens on a day, so many days ago."""
        yield _Act(self._at(on, time(0, 5)), lambda: self._begin(on))
        if ago in self._deals:
            yield _Act(self._at(on, _DEALING), self._deals[ago])
        if on.weekday() < _SATURDAY:
            yield _Act(self._at(on, time(8, 20)), lambda: self._take_money(ago))
        slow, fast = _GROWTH
        busy = _WEEKEND.get(on.weekday(), 1.0) * (fast - (fast - slow) * ago / DAYS)
        reminding = {
            sender: round(sender.trade.a_day * busy * self._random.uniform(0.8, 1.2))
            for sender in self._senders
            if on.weekday() in sender.weekdays and ago >= sender.sent_until
        }
        if on.weekday() in _BY_HAND_ON:
            by_hand = {sender: count // 3 for sender, count in reminding.items()}
            reminding = {sender: count - by_hand[sender] for sender, count in reminding.items()}
            yield self._calls(by_hand, at=self._at(on, _BY_HAND), on=on, by_hand=True)
        if reminding:
            yield self._calls(reminding, at=self._at(on, _REMINDING), on=on)
            for at in _ANSWERED:
                yield _Act(self._at(on, at), lambda: self._answer(_BETWEEN_ANSWERS))

    def _calls(
        self, counts: Mapping[Sender, int], *, at: datetime, on: date, by_hand: bool = False
    ) -> _Act:
        def do() -> None:
            self._send(counts, on=on, by_hand=by_hand)
            self._fates.meet()

        return _Act(at + timedelta(seconds=self._random.uniform(0, 1500)), do)

    def _at(self, on: date, at: time) -> datetime:
        return datetime.combine(on, at, tzinfo=self._zone).astimezone(clock.now().tzinfo)

    def _begin(self, on: date) -> None:
        renewing.renew_all(self._session, on=on)
        self._dealings.remind()

    def _take_money(self, ago: int) -> None:
        self._dealings.refill()
        for sender in self._senders:
            if ago > sender.paid_until:
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

    def _send(self, counts: Mapping[Sender, int], *, on: date, by_hand: bool = False) -> None:
        """One call of each client that has something to send.

        By hand it is from its first sub-account, and else from the others in turn.
        """
        for sender, count in counts.items():
            others = sender.sub_accounts[1:]
            first = by_hand or not others
            chosen = sender.sub_accounts[0] if first else others[on.toordinal() % len(others)]
            answers = sending.accept(
                self._session,
                actor=sender.owner,
                sub_account_id=chosen,
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
