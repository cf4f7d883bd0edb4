"""The choice among gateways."""

import random

from hypothesis import given
from hypothesis import strategies as st

from portal.gateways.choosing import Candidate, choose, in_order

SUNNY, HARBOUR = 1, 2
POLAND = "+48600111222"


def ids(*candidates: Candidate, tried: frozenset[int] = frozenset()) -> list[int]:
    return [
        each.id for each in in_order(candidates, reseller_id=SUNNY, recipient=POLAND, tried=tried)
    ]


def test_no_gateway_is_no_route() -> None:
    assert choose([], reseller_id=SUNNY, recipient=POLAND) is None


def test_a_gateway_of_another_reseller_is_no_route() -> None:
    theirs = Candidate(id=1, priority=1, reseller_id=HARBOUR)
    assert choose([theirs], reseller_id=SUNNY, recipient=POLAND) is None
    assert choose([theirs], reseller_id=HARBOUR, recipient=POLAND) == theirs


def test_a_gateway_switched_off_is_no_route() -> None:
    assert ids(Candidate(id=1, priority=1, enabled=False)) == []


def test_a_gateway_for_another_country_is_no_route() -> None:
    assert ids(Candidate(id=1, priority=1, prefix="+49")) == []


def test_a_gateway_already_tried_is_left_out() -> None:
    first, second = Candidate(id=1, priority=1), Candidate(id=2, priority=2)
    assert ids(first, second) == [1, 2]
    assert ids(first, second, tried=frozenset({1})) == [2]
    assert ids(first, second, tried=frozenset({1, 2})) == []


def test_own_before_general_then_priority_then_prefix_then_age() -> None:
    assert ids(
        Candidate(id=6, priority=2),
        Candidate(id=5, priority=1),
        Candidate(id=4, priority=1),
        Candidate(id=9, priority=1, prefix="+48"),
        Candidate(id=8, priority=1, prefix="+4860"),
        Candidate(id=7, priority=3, reseller_id=SUNNY),
    ) == [7, 8, 9, 4, 5, 6]


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 50),
        priority=st.integers(1, 3),
        reseller_id=st.sampled_from([None, SUNNY, HARBOUR]),
        prefix=st.sampled_from(["", "+48", "+4860", "+49"]),
        enabled=st.booleans(),
    ),
    unique_by=lambda each: each.id,
    max_size=8,
)


@given(CANDIDATES, st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_question(
    candidates: list[Candidate], chance: random.Random
) -> None:
    shuffled = candidates.copy()
    chance.shuffle(shuffled)
    assert ids(*shuffled) == ids(*candidates)


@given(CANDIDATES)
def test_trying_one_after_the_other_ends_with_all_tried_once(candidates: list[Candidate]) -> None:
    tried: list[int] = []
    while (one := choose(candidates, reseller_id=SUNNY, recipient=POLAND, tried=tried)) is not None:
        tried.append(one.id)
    assert tried == ids(*candidates)
