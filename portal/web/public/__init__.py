"""What everybody sees: front page, sign-up, sign-in, new password, and the files of a brand."""

from portal.web.public import brand, home, language, resetting, signing_in, signup
from portal.web.public.pages import blueprint

__all__ = ["blueprint", "brand", "home", "language", "resetting", "signing_in", "signup"]
