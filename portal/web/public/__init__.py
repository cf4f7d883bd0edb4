"""What everybody sees: front page, sign-up, sign-in, new password, and the files of a brand."""

from portal.web.public import (
    brand,
    brand_preview,
    direct_login,
    home,
    language,
    resetting,
    signing_in,
    signup,
    site_pages,
)
from portal.web.public.pages import blueprint

__all__ = [
    "blueprint",
    "brand",
    "brand_preview",
    "direct_login",
    "home",
    "language",
    "resetting",
    "signing_in",
    "signup",
    "site_pages",
]
