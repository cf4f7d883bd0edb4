"""Passwords: which are refused, how they are kept, and that nobody's takes as long."""

import threading
import time

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import common_passwords, passwords
from portal.accounts.errors import PasswordChecksBusy, WeakPassword


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "short"),
        ("Tr0ub4d", "short"),
        ("x9" * 101, "long"),
        ("aaaaaaaa", "common"),
        ("ababababab", "common"),
        ("12345678", "common"),
        ("87654321", "common"),
        ("abcdefgh", "common"),
        ("qwertyuiop", "common"),
        ("password", "common"),
        ("Password1!", "common"),
        ("P4ssw0rd!2024", "common"),
        ("letmein99", "common"),
        ("Willkommen123", "common"),
        ("alice@acme.test", "personal"),
        ("Alexandrina1", "personal"),
        ("Al3xandrina!", "personal"),
        ("alice.acme.2024", "personal"),
        ("AcmeAlexandrina", "personal"),
        ("trustno1", "common"),
        ("football1", "common"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, why: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        passwords.refuse_weak(password, about=("alice@acme.test", "alice", "Alexandrina"))
    assert refused.value.why == why


@pytest.mark.parametrize(
    "password", ["correct horse battery", "xK4!pqz8", "ünïcödé-pass", "y" + "z9K" * 66]
)
def test_others_are_taken(password: str) -> None:
    passwords.refuse_weak(password, about=("alice@acme.test", "alice", ""))


def test_breached_ones_are_refused_whole() -> None:
    assert len(common_passwords.BREACHED) > 3000
    for password in ("zaq12wsx", "1q2w3e4r5t", "babygirl1", "Trustno1"):
        with pytest.raises(WeakPassword) as refused:
            passwords.refuse_weak(password)
        assert refused.value.why == "common"
    passwords.refuse_weak("babygirl1 and her dog")


def test_what_was_kept_with_less_is_kept_anew() -> None:
    words = "correct horse battery"
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(words)
    assert passwords.verify(words, weaker)
    anew = passwords.rehashed(words, weaker)
    assert anew is not None
    assert extract_parameters(anew).memory_cost == 19456
    assert passwords.verify(words, anew)
    assert passwords.rehashed(words, anew) is None


def test_the_list_has_words_that_could_be_left_of_a_password() -> None:
    assert len(common_passwords.WORDS) > 300
    assert all(word.isascii() and word.islower() for word in common_passwords.WORDS)


def test_a_weak_password_is_never_kept() -> None:
    with pytest.raises(WeakPassword):
        passwords.hashed("password1")


def test_what_is_kept_is_argon2id_with_the_least_that_owasp_names() -> None:
    parameters = extract_parameters(passwords.hashed("correct horse battery"))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19456, 2, 1)
    assert extract_parameters(passwords._NOBODYS) == parameters


def test_only_the_right_password_is_right() -> None:
    kept = passwords.hashed("correct horse battery")
    assert not passwords.verify("correct horse batterx", kept)
    assert not passwords.verify("correct horse battery ", kept)
    assert not passwords.verify("", kept)
    assert not passwords.verify("correct horse battery", "not a hash")
    assert not passwords.verify("correct horse battery", None)
    assert passwords.verify("correct horse battery", kept)


def test_nothing_is_cut_off() -> None:
    long = "long-" * 40
    kept = passwords.hashed(long)
    assert not passwords.verify(long[:-1], kept)
    assert not passwords.verify(long + "x", kept)
    assert passwords.verify(long, kept)


def test_it_is_the_same_password_from_any_keyboard() -> None:
    kept = passwords.hashed("caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait")
    assert passwords.verify("cafe\N{COMBINING ACUTE ACCENT} au lait", kept)


@given(st.text(max_size=300))
def test_any_text_is_only_right_or_wrong(text: str) -> None:
    assert passwords.verify(text, "not a hash") is False


def test_half_a_character_is_wrong_and_no_fault() -> None:
    assert not passwords.verify("\ud800" * 10, passwords.hashed("correct horse battery"))


def test_nobody_takes_as_long_as_somebody() -> None:
    kept = passwords.hashed("correct horse battery")

    def best(known: str | None) -> float:
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            passwords.verify("wrong horse battery", known)
            times.append(time.perf_counter() - begun)
        return min(times)

    assert 0.5 < best(None) / best(kept) < 2


def test_no_more_than_a_few_are_worked_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_turnstile", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_WAIT_SECONDS_MAX", 0.01)
    with passwords._one_of_few(), pytest.raises(PasswordChecksBusy):
        passwords.verify("correct horse battery", None)
    assert not passwords.verify("correct horse battery", None)
