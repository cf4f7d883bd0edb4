"""What a sheet would change: each kind, the order, and that importing it does exactly that."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.pricing.rate_changes import Change, Kind, compare
from portal.pricing.rating import Rate, RateTable

JANUARY, MARCH, JULY = date(2027, 1, 1), date(2027, 3, 1), date(2027, 7, 1)


def kinds(present: list[Rate], sheet: list[Rate]) -> list[tuple[Kind, int | None, int | None]]:
    return [(row.kind, row.old, row.new) for row in compare(present, sheet).rows]


def test_each_kind_is_told_apart() -> None:
    present = [Rate("49", 100, JANUARY)]
    assert kinds(present, [Rate("49", 100, MARCH)]) == [(Kind.UNCHANGED, 100, 100)]
    assert kinds(present, [Rate("49", 150, MARCH)]) == [(Kind.RAISED, 100, 150)]
    assert kinds(present, [Rate("49", 50, MARCH)]) == [(Kind.LOWERED, 100, 50)]
    assert kinds(present, [Rate("49", None, MARCH)]) == [(Kind.ENDED, 100, None)]
    assert kinds(present, [Rate("491", 50, MARCH)]) == [(Kind.ADDED, None, 50)]
    assert kinds(present, [Rate("491", None, MARCH)]) == [(Kind.UNCHANGED, None, None)]


def test_before_its_first_day_a_prefix_has_no_rate() -> None:
    (row,) = compare([Rate("49", 100, JULY)], [Rate("49", 80, MARCH)]).rows
    assert row == Change(
        kind=Kind.ADDED, prefix="49", valid_from=MARCH, old=None, new=80, until=JULY
    )


def test_each_line_lasts_until_the_next_of_the_prefix() -> None:
    present = [Rate("49", 100, JANUARY), Rate("49", 90, JULY)]
    rows = compare(present, [Rate("49", 110, MARCH), Rate("49", 120, JULY)]).rows
    assert {row.valid_from: row.until for row in rows} == {MARCH: JULY, JULY: None}
    (first,) = compare(present, [Rate("49", 1, JANUARY)]).rows
    assert first.until == JULY


def test_endings_are_first_and_what_says_nothing_new_last_whatever_their_prefixes() -> None:
    """An ending has no percentage, as what was free has none; and added comes a free one last."""
    present = [Rate("1", 0, JANUARY), Rate("2", 100, JANUARY), Rate("5", None, JANUARY)]
    sheet = [
        Rate("1", 1, MARCH), Rate("2", None, MARCH),
        Rate("3", 0, MARCH), Rate("4", 1, MARCH), Rate("5", None, MARCH),
    ]  # fmt: skip
    assert [row.prefix for row in compare(present, sheet).rows] == ["2", "1", "4", "3", "5"]


def test_what_ended_can_begin_again() -> None:
    present = [Rate("49", 100, JANUARY), Rate("49", None, MARCH)]
    assert kinds(present, [Rate("49", 100, JULY)]) == [(Kind.ADDED, None, 100)]
    assert kinds(present, [Rate("49", 100, MARCH)]) == [(Kind.ADDED, None, 100)]


def test_what_the_list_says_already_is_not_written() -> None:
    present = [Rate("49", 100, JANUARY)]
    assert compare(present, [Rate("49", 100, MARCH)]).rates == ()
    assert compare(present, present).rates == ()


def test_it_is_written_where_the_sheet_itself_would_make_it_untrue() -> None:
    present = [Rate("49", 100, JANUARY)]
    sheet = [Rate("49", 120, MARCH), Rate("49", 100, JULY)]
    found = compare(present, sheet)
    assert set(found.rates) == set(sheet)
    assert [row.kind for row in found.rows] == [Kind.RAISED, Kind.UNCHANGED]


def test_the_biggest_change_is_first() -> None:
    present = [Rate(prefix, 100, JANUARY) for prefix in ("1", "2", "3", "4")]
    present += [Rate("5", 0, JANUARY)]
    sheet = [
        Rate("1", 110, MARCH), Rate("2", 40, MARCH), Rate("3", None, MARCH), Rate("4", 100, MARCH),
        Rate("5", 1, MARCH), Rate("6", 9, MARCH), Rate("7", 10, MARCH),
    ]  # fmt: skip
    found = compare(present, sheet)
    assert [row.prefix for row in found.rows] == ["3", "5", "2", "1", "7", "6", "4"]
    assert [row.percent_millionths for row in found.rows] == [
        None, None, -600_000, 100_000, None, None, 0,
    ]  # fmt: skip
    assert found.counts() == {
        Kind.ENDED: 1, Kind.RAISED: 2, Kind.LOWERED: 1, Kind.ADDED: 2, Kind.UNCHANGED: 1,
    }  # fmt: skip


LINES = st.dictionaries(
    st.tuples(
        st.sampled_from(["1", "12", "123", "4"]),
        st.integers(0, 6).map(lambda days: JANUARY + timedelta(days)),
    ),
    st.none() | st.integers(0, 3),
    max_size=12,
).map(lambda lines: [Rate(p, price, day) for (p, day), price in lines.items()])


def table(*lists: list[Rate]) -> RateTable:
    merged = {(rate.prefix, rate.valid_from): rate for rates in lists for rate in rates}
    return RateTable.compile(merged.values())


def price_at(of: RateTable, prefix: str, on: date) -> int | None:
    """What a list says of this very prefix."""
    found = of.match(prefix, on)
    return found.price if found is not None and found.prefix == prefix else None


@given(present=LINES, sheet=LINES)
def test_what_is_written_makes_the_list_say_what_the_sheet_says(
    present: list[Rate], sheet: list[Rate]
) -> None:
    found = compare(present, sheet)
    with_all, with_written = table(present, sheet), table(present, list(found.rates))
    was = table(present)
    for row in found.rows:
        assert price_at(was, row.prefix, row.valid_from) == row.old
        assert price_at(with_all, row.prefix, row.valid_from) == row.new
    for prefix in ("1", "12", "123", "4", "1239"):
        for days in range(8):
            on = JANUARY + timedelta(days)
            assert with_all.match(prefix, on) == with_written.match(prefix, on)
    # And then there is nothing left to do.
    written = {(r.prefix, r.valid_from): r for r in [*present, *found.rates]}
    again = compare(list(written.values()), sheet)
    assert again.rates == ()
    assert {row.kind for row in again.rows} <= {Kind.UNCHANGED}
