"""What is sealed opens with the same secret and purpose, and with nothing else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.infra.vault import Unsealable, Vault, is_sealed

SECRET = "an installation's secret, 32 bytes or more"
vault = Vault(SECRET)


def test_another_secret_does_not_open_it() -> None:
    sealed = vault.seal("hunter2", purpose="gateway")
    with pytest.raises(Unsealable) as refused:
        Vault(SECRET + "!").open(sealed, purpose="gateway")
    assert str(refused.value) == ("a stored secret cannot be read; was PORTAL_SECRET changed?")
    assert refused.value.__cause__ is None


def test_another_purpose_does_not_open_it() -> None:
    sealed = vault.seal("hunter2", purpose="gateway")
    with pytest.raises(Unsealable):
        vault.open(sealed, purpose="mail")


@pytest.mark.parametrize("place", [7, 12, 20, 30, -1])
def test_a_changed_character_is_found(place: int) -> None:
    sealed = vault.seal("hunter2, hunter3, hunter4", purpose="gateway")
    other = "A" if sealed[place] != "A" else "B"
    changed = list(sealed)
    changed[place] = other
    with pytest.raises(Unsealable):
        vault.open("".join(changed), purpose="gateway")


@pytest.mark.parametrize(
    "sealed", ["", "sealed:", "sealed:AAAA", "hunter2", "sealed:é", "sealed:A"]
)
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(Unsealable):
        vault.open(sealed, purpose="gateway")


@given(st.text(st.characters(exclude_categories=("Cs",))), st.text("abc.", min_size=1))
def test_what_is_sealed_comes_back(plain: str, purpose: str) -> None:
    sealed = vault.seal(plain, purpose=purpose)
    assert is_sealed(sealed)
    assert vault.open(sealed, purpose=purpose) == plain


def test_the_same_value_never_looks_the_same() -> None:
    """So that nobody sees which gateways share a password, nor the password in it."""
    seals = {vault.seal("hunter2", purpose="gateway") for _ in range(50)}
    assert len(seals) == 50
    raw = [base64.urlsafe_b64decode(each.removeprefix("sealed:")) for each in seals]
    assert not any(b"hunter2" in each for each in raw)


@pytest.mark.parametrize(("value", "sealed"), [("sealed:x", True), ("x", False), (5, False)])
def test_a_setting_says_whether_it_is_sealed(value: object, sealed: bool) -> None:
    assert is_sealed(value) is sealed
