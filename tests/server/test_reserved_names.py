"""What the editor takes for words of the language is what the server takes for them."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from studio.domain.workflow import SCOPE_NAMES
from studio.expressions import FUNCTION_NAMES

_WORDS = Path(__file__).parents[2] / "web" / "src" / "editor" / "model" / "reserved.ts"


def test_the_editor_names_no_node_by_a_word_of_the_language() -> None:
    found = re.search(r"`([^`]+)`", _WORDS.read_text("utf-8"))
    assert found is not None
    wanted = {*FUNCTION_NAMES, *SCOPE_NAMES, *keyword.kwlist}
    assert set(found[1].split()) == {one for one in wanted if one[0].islower()}
