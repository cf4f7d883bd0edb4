"""What everybody sees: front page, sign-up, sign-in, new password, and the files of a brand."""

from portal.web.public import (
    approving,
    brand,
    brand_preview,
    confirming,
    direct_login,
    home,
    joining,
    language,
    login_link,
    passkey_login,
    resetting,
    second_step,
    signing_in,
    signup,
    site_pages,
    visiting,
)
from portal.web.public.pages import blueprint

__all__ = [
    "approving",
    "blueprint",
    "brand",
    "brand_preview",
    "confirming",
    "direct_login",
    "home",
    "joining",
    "language",
    "login_link",
    "passkey_login",
    "resetting",
    "second_step",
    "signing_in",
    "signup",
    "site_pages",
    "visiting",
]
