"""The words of the rich-text editor: as its script names them, and as its reader reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

WORDS: Final[Mapping[str, str]] = {
    "Undo": lazy_gettext("Undo"),
    "Redo": lazy_gettext("Redo"),
    "Blocks": lazy_gettext("Blocks"),
    "Fonts": lazy_gettext("Fonts"),
    "Font sizes": lazy_gettext("Font sizes"),
    "Bold": lazy_gettext("Bold"),
    "Italic": lazy_gettext("Italic"),
    "Underline": lazy_gettext("Underline"),
    "Text color": lazy_gettext("Text color"),
    "Background color": lazy_gettext("Background color"),
    "Align left": lazy_gettext("Align left"),
    "Align center": lazy_gettext("Align center"),
    "Align right": lazy_gettext("Align right"),
    "Bullet list": lazy_gettext("Bullet list"),
    "Numbered list": lazy_gettext("Numbered list"),
    "Insert/edit link": lazy_gettext("Insert/edit link"),
    "Insert/edit image": lazy_gettext("Insert/edit image"),
    "Clear formatting": lazy_gettext("Clear formatting"),
    "URL": lazy_gettext("URL"),
    "Text to display": lazy_gettext("Text to display"),
    "Title": lazy_gettext("Title"),
    "Save": lazy_gettext("Save"),
    "Cancel": lazy_gettext("Cancel"),
    "Close": lazy_gettext("Close"),
    "Source": lazy_gettext("Source"),
    "Alternative description": lazy_gettext("Alternative description"),
    "Width": lazy_gettext("Width"),
    "Height": lazy_gettext("Height"),
    "General": lazy_gettext("General"),
    "Upload": lazy_gettext("Upload"),
    "Drop an image here": lazy_gettext("Drop an image here"),
    "Browse for an image": lazy_gettext("Browse for an image"),
    "Constrain proportions": lazy_gettext("Constrain proportions"),
    "Remove color": lazy_gettext("Remove color"),
    "Custom color": lazy_gettext("Custom color"),
    "Color Picker": lazy_gettext("Color Picker"),
    "Hex color code": lazy_gettext("Hex color code"),
    "Red component": lazy_gettext("Red"),
    "Green component": lazy_gettext("Green"),
    "Blue component": lazy_gettext("Blue"),
    "Range 0 to 255": "0–255",
    "Paragraph": lazy_gettext("Paragraph"),
    "Heading": lazy_gettext("Heading"),
    "Subheading": lazy_gettext("Subheading"),
    "Small heading": lazy_gettext("Small heading"),
    "Quote": lazy_gettext("Quote"),
    "Plain": lazy_gettext("Plain"),
    "Serif": lazy_gettext("Serif"),
    "Rounded": lazy_gettext("Rounded"),
    "Typewriter": lazy_gettext("Typewriter"),
    "Remove link": lazy_gettext("Remove link"),
    "Open link": lazy_gettext("Open link"),
    "Link...": lazy_gettext("Link..."),
    "Image...": lazy_gettext("Image..."),
    "Font {0}": lazy_gettext("Font {0}"),
    "Font size {0}": lazy_gettext("Font size {0}"),
    "Block {0}": lazy_gettext("Block {0}"),
    "Text color {0}": lazy_gettext("Text color {0}"),
    "Background color {0}": lazy_gettext("Background color {0}"),
    "Reveal or hide additional toolbar items": lazy_gettext(
        "Reveal or hide additional toolbar items"
    ),
    "None": lazy_gettext("None"),
    "Yes": lazy_gettext("Yes"),
    "No": lazy_gettext("No"),
    "OK": lazy_gettext("OK"),
    "Copy": lazy_gettext("Copy"),
    "Cut": lazy_gettext("Cut"),
    "Paste": lazy_gettext("Paste"),
    "Failed to upload image: {0}": lazy_gettext("Failed to upload image: {0}"),
    "Uploading image": lazy_gettext("Uploading image"),
    "Light Green": lazy_gettext("Light Green"),
    "Light Yellow": lazy_gettext("Light Yellow"),
    "Light Red": lazy_gettext("Light Red"),
    "Light Purple": lazy_gettext("Light Purple"),
    "Light Blue": lazy_gettext("Light Blue"),
    "Green": lazy_gettext("Green"),
    "Yellow": lazy_gettext("Yellow"),
    "Red": lazy_gettext("Red"),
    "Purple": lazy_gettext("Purple"),
    "Blue": lazy_gettext("Blue"),
    "Dark Turquoise": lazy_gettext("Dark Turquoise"),
    "Orange": lazy_gettext("Orange"),
    "Dark Red": lazy_gettext("Dark Red"),
    "Dark Purple": lazy_gettext("Dark Purple"),
    "Dark Blue": lazy_gettext("Dark Blue"),
    "Light Gray": lazy_gettext("Light Gray"),
    "Medium Gray": lazy_gettext("Medium Gray"),
    "Gray": lazy_gettext("Gray"),
    "Dark Gray": lazy_gettext("Dark Gray"),
    "Navy Blue": lazy_gettext("Navy Blue"),
    "Black": lazy_gettext("Black"),
    "White": lazy_gettext("White"),
    (
        "The URL you entered seems to be an email address. Do you want to add the required mailto:"
        " prefix?"
    ): lazy_gettext(
        "This seems to be an e-mail address. Shall it become a link that writes a mail?"
    ),
}
"""What its buttons and windows say, as far as the portal's toolbar leads to them."""


def shown() -> dict[str, str]:
    """All of them in the reader's language, by the editor's own words."""
    return {word: str(said) for word, said in WORDS.items()}
