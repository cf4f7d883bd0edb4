"""Every mail of the portal has its words, in every language, with the values that it may name."""

import pytest

from portal.infra import translation
from portal.notifications import catalogue, placeholders, wording
from portal.notifications.catalogue import NOTICES, Audience
from portal.notifications.errors import UnknownNotice

IN_EVERY_LETTER = {"firstname", "lastname", "company", "balance", "portal", "url"}
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pl", "pt")
EACH = [(key, language) for key in NOTICES for language in LANGUAGES]


def test_a_notice_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNotice) as refused:
        catalogue.notice("newsletter")
    assert refused.value.key == "newsletter"


def test_the_mails_of_the_portal() -> None:
    assert set(NOTICES) == {
        "signup_confirm",
        "signup_received",
        "signup_notice",
        "account_exists",
        "activated",
        "refused",
        "low_balance",
        "suspended",
        "reactivated",
        "cover_used_up",
        "cover_credited",
        "cover_pending",
        "cover_refunded",
        "cover_invoice",
        "cover_invoice_due",
        "cover_invoice_overdue",
        "low_cover",
        "country_opened",
        "sold_below_cost",
        "country_declined",
        "client_asked",
        "country_asked",
        "bundle_used",
        "debt_reminder",
        "price_change",
        "deposit_received",
        "deposit_pending",
        "deposit_refunded",
        "top_up_failed",
        "top_up_confirm",
        "card_expiring",
        "invoice",
        "statement",
        "deposit_disputed",
        "payment_account_failing",
        "books_disagree",
        "mail_server_failing",
        "hostname_failing",
        "mail_test",
        "password_reset",
        "invited",
        "password_changed",
        "new_sign_in",
        "email_change",
        "email_changed",
        "sign_in_changed",
    }
    assert all(catalogue.notice(key).key == key for key in NOTICES)


@pytest.mark.parametrize("key", NOTICES)
def test_every_client_mail_may_name_what_is_known_of_a_client(key: str) -> None:
    notice = NOTICES[key]
    if notice.audience is Audience.CLIENT:
        assert notice.values.keys() >= IN_EVERY_LETTER
    assert notice.values.keys() >= notice.required


def test_mails_about_the_balance_may_name_the_threshold() -> None:
    named = {key for key, notice in NOTICES.items() if "threshold" in notice.values}
    assert named == {"low_balance", "suspended", "reactivated", "low_cover", "cover_used_up"}


def test_the_languages_of_the_portal() -> None:
    assert translation.languages() == LANGUAGES


@pytest.mark.parametrize(("key", "language"), EACH)
def test_the_words_that_come_with_the_portal_can_be_saved(key: str, language: str) -> None:
    words = wording.default(key, language=language)
    assert words.language == language
    wording.check(key, words)


@pytest.mark.parametrize(("key", "language"), EACH)
def test_every_language_tells_the_same(key: str, language: str) -> None:
    english, theirs = (wording.default(key, language=each) for each in ("en", language))
    for one, other in ((english.subject, theirs.subject), (english.body, theirs.body)):
        assert sorted(placeholders.names(one)) == sorted(placeholders.names(other))
    assert english.body.count("\n\n") == theirs.body.count("\n\n")


def test_there_are_no_words_for_a_mail_that_is_not_written() -> None:
    files = {
        name
        for name in wording.themes()["default"].templates
        if name.startswith("emails/") and name.endswith(".txt")
    }
    assert files == {f"emails/{key}/{language}.txt" for key, language in EACH}
