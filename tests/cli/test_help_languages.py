"""``--help`` in French and Arabic; what is not translated stays English."""

from __future__ import annotations

from typing import Any

import pytest

from studio.i18n import help_texts


@pytest.mark.parametrize(
    ("words", "lang", "said"),
    [
        (["--help"], "fr", ["Commandes :", "Évaluer une expression", "studio COMMAND --help en dit plus"]),
        (["executions", "--help"], "ar", ["الأوامر:", "إلغاء تنفيذ"]),
        (["run", "--help"], "fr", ["Usage : studio run", "[obligatoire]", "Afficher du JSON", "Valider un workflow"]),
        (["nodes", "show", "-h"], "ar", ["الاستعمال:", "الوسائط:", "مجلد البيانات"]),
    ],
)
def test_help_speaks_the_language(
    cli: Any, monkeypatch: pytest.MonkeyPatch, words: list[str], lang: str, said: list[str]
) -> None:
    by_option = cli(*words, "--lang", lang).out if words[-1] != "--help" or len(words) > 1 else None
    monkeypatch.setenv("STUDIO_LANG", lang)
    by_environment = cli(*words).out
    assert by_option in (None, by_environment)
    for part in said:
        assert part in by_environment


def test_english_is_as_it_stands_in_the_code(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Show the traceback of an error" in cli("run", "--help").out
    assert "Commands:" in cli("--help").out
    monkeypatch.setenv("STUDIO_LANG", "fr")
    assert "Show the traceback of an error" in cli("run", "--help", "--lang", "en").out
    assert "does not speak xx" in cli("run", "--help", "--lang", "xx", code=2).err


def test_both_languages_say_the_same() -> None:
    assert help_texts("fr").keys() == help_texts("ar").keys()
    assert help_texts("en") == {}
