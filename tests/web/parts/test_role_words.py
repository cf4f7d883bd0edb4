"""Roles and rights in words: each has some, and the table says what the rights are."""

import pytest
from flask import Flask

from portal.accounts.roles import AUDIENCES, RIGHTS, Audience, Right, Role
from portal.web.parts import role_words


def test_every_role_and_every_right_has_words(app: Flask) -> None:
    with app.test_request_context("/"):
        for role in Role:
            assert str(role_words.NAMES[role])
            assert str(role_words.SENTENCES[role]).startswith(str(role_words.NAMES[role]))
        said = [str(role_words.WORDS[right]) for right in Right]
    assert len(set(said)) == len(Right)


@pytest.mark.parametrize("audience", Audience)
def test_the_table_is_the_one_of_rights(app: Flask, audience: Audience) -> None:
    roles = role_words.roles_of(audience)
    rights = [right for right in Right if any(right in RIGHTS[role] for role in roles)]
    with app.test_request_context("/"):
        rows = role_words.table(audience)
    assert [row.held for row in rows] == [
        tuple(right in RIGHTS[role] for role in roles) for right in rights
    ]
    assert len({row.words for row in rows}) == len(rows)


def test_words_of_other_audiences_are_of_rights_that_these_have() -> None:
    for audience, right in role_words.ELSEWHERE:
        assert any(right in RIGHTS[role] for role in Role if AUDIENCES[role] is audience)
