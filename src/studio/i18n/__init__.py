"""Messages in the languages Studio speaks. English is the template in the code, the others are looked up by code."""

from studio.i18n._catalogue import Catalogue, Entry, catalogue, filled, function_text, help_texts, render, text
from studio.i18n._language import LANGUAGES, choose_language, right_to_left
from studio.i18n._plural import categories, plural_category

__all__ = [
    "LANGUAGES",
    "Catalogue",
    "Entry",
    "catalogue",
    "categories",
    "choose_language",
    "filled",
    "function_text",
    "help_texts",
    "plural_category",
    "render",
    "right_to_left",
    "text",
]
