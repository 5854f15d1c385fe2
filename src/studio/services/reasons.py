"""Why a value does not fit its model, as a part of a sentence in any language."""

from studio.validation import reason_for

__all__ = ["reason_for"]
