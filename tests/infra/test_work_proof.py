"""A sum that takes long to solve and no time to check."""

import itertools

import pytest

from portal.infra import work_proof


def test_seeds_differ_and_fit_one_block() -> None:
    seeds = {work_proof.new_seed() for _ in range(20)}
    assert len(seeds) == 20
    assert {len(seed) for seed in seeds} == {24}


def test_what_solves_it_is_found_by_trying_alone() -> None:
    solution = next(
        str(n) for n in itertools.count() if work_proof.is_right("seed", str(n), zero_bits=8)
    )
    assert solution == "293"
    assert not work_proof.is_right("other", solution, zero_bits=8)


@pytest.mark.parametrize("number", ["", "-1", "1e3", "１２", " 293", "293 ", "9" * 13, "0x10"])
def test_what_is_no_number_solves_nothing(number: str) -> None:
    assert not work_proof.is_right("seed", number, zero_bits=0)
    assert work_proof.is_right("seed", "0", zero_bits=0)
