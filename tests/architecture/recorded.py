"""Routes that change nothing that has to be recorded, each with its reason.

Every other route that takes a form or a request of a program comes to `activity.record`.
"""

from __future__ import annotations

from typing import Final

_PAPER = "a paper of what the books say, made again as often as somebody likes"
_DRAFT = "a draft or a preview of whoever makes it; publishing it is recorded"

UNRECORDED: Final = {
    "account.begin_second_step": "nothing is asked for yet; that it is on is recorded",
    "account.passkey_challenge": "a number to sign; the passkey that is added is recorded",
    "account.rename_passkey": "a word that only its owner reads",
    "client.estimate": "a price, and nothing is kept",
    "client.make_statement_pdf": _PAPER,
    "hooks.report": "a gateway tells of a message, and the message keeps its history",
    "hooks.paypal": "a payment provider tells of a payment, and the payment keeps its history",
    "hooks.stripe": "a payment provider tells of a payment, and the payment keeps its history",
    "operator.import_rates": _DRAFT,
    "operator.prove": "it reads; what a proof found is kept with its moment",
    "operator.visit": "a ticket; the visit is recorded where it begins, on the reseller's portal",
    "public.ask_for_passkey": "a number to sign; who signs in with it is recorded",
    "public.language": "in which language somebody reads",
    "public.reset_request": "the job that sends the link records it, if there is anybody",
    "public.signup_again": "a mail to who signed up; confirming is recorded",
    "reseller.add_note": "a note has its own moment and its own author, and is a record itself",
    "reseller.brand_picture": _DRAFT,
    "reseller.check_hostname": "what is seen of a name is recorded when something has changed",
    "reseller.discard_brand": _DRAFT,
    "reseller.display_example": _DRAFT,
    "reseller.import_rates": _DRAFT,
    "reseller.make_client_statement_pdf": _PAPER,
    "reseller.page_frame": _DRAFT,
    "reseller.page_picture": _DRAFT,
    "reseller.pin_note": "where a note stands",
    "reseller.preview_bulk": _DRAFT,
    "reseller.text_frame": _DRAFT,
    "reseller.try_admission": "what a rule would say, and nothing is kept",
    "reseller.try_package": _DRAFT,
    "reseller.try_text": "a test mail to whoever asks for it, in the record of mails",
    "reseller.unpin_note": "where a note stands",
    "reseller.welcome_frame": _DRAFT,
    "reseller.welcome_picture": _DRAFT,
}
