"""Forms for what is not there. The compiler evaluates their arguments, see ``_calls``."""

from __future__ import annotations

from studio.expressions._registry import Param, form

form(
    "default",
    (Param("value", "Any", True, None, 0, False), Param("otherwise", "Any", False, None, 0, False)),
    "either",
    [
        ("default({'a': 1}.b, 0)", 0),
        ("default(null, 'none')", "none"),
        ("default('here', 'none')", "here"),
        ("default([][0])", None),
    ],
    "The value, or the second one where a key or position is missing, the node did not run, or it is null. "
    "The second is evaluated only then.",
)
form(
    "coalesce",
    (Param("values", "Any", False, None, 0, True),),
    "either",
    [("coalesce(null, {}.a, 3, 4)", 3), ("coalesce(null, null)", None)],
    "The first value that is there and not null; null where none is.",
)
