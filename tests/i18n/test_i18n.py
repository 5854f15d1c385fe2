"""Languages: choosing one, plural forms, and sentences."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import example, given
from hypothesis import strategies as st

from studio.domain.errors import NotFound, UserError
from studio.i18n import (
    LANGUAGES,
    Catalogue,
    catalogue,
    categories,
    choose_language,
    plural_category,
    render,
    right_to_left,
    text,
)
from studio.i18n import _catalogue as module


@pytest.mark.parametrize("lang", LANGUAGES)
@given(st.integers(-(10**9), 10**9))
@example(0)
@example(1_000_000)
@example(2_000_000)
def test_plural_categories_of_whole_numbers_are_those_of_babel(lang, number):
    assert plural_category(number, lang) == Locale.parse(lang).plural_form(number)
    assert plural_category(number, lang) in categories(lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", [0.5, 1.5, 2.5, 3.2, 11.25, 100.5, 103.0, 1000000.5])
def test_plural_categories_of_decimal_numbers_are_those_of_babel(lang, number):
    assert plural_category(number, lang) == Locale.parse(lang).plural_form(number)


def test_other_languages_count_as_english():
    assert plural_category(1, "xx") == "one"
    assert categories("xx") == ("one", "other")


@pytest.mark.parametrize(
    ("wanted", "environment", "expected"),
    [
        ("fr", {"STUDIO_LANG": "ar"}, "fr"),
        ("FR-ca", {}, "fr"),
        (None, {"STUDIO_LANG": "ar", "LANG": "fr_FR.UTF-8"}, "ar"),
        (None, {"LC_ALL": "fr_FR.UTF-8", "LANG": "ar_EG"}, "fr"),
        (None, {"LC_MESSAGES": "ar", "LANG": "fr"}, "ar"),
        (None, {"LANG": "ar_EG.UTF-8@latin"}, "ar"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LC_ALL": "C", "LANG": "fr_FR"}, "en"),
        (None, {"STUDIO_LANG": "", "LANG": ""}, "en"),
        (None, {}, "en"),
    ],
)
def test_choosing_a_language(wanted, environment, expected):
    assert choose_language(wanted, environment) == expected


@pytest.mark.parametrize(("wanted", "environment"), [("de", {}), (None, {"STUDIO_LANG": "klingon"})])
def test_a_language_asked_for_must_be_there(wanted, environment):
    with pytest.raises(UserError) as caught:
        choose_language(wanted, environment)
    assert caught.value.code == "i18n.unknown_language"


def test_the_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("STUDIO_LANG", "fr")
    assert choose_language() == "fr"


def test_direction():
    assert [right_to_left(lang) for lang in LANGUAGES] == [False, False, True]


@pytest.fixture
def words(monkeypatch):
    """A French catalogue of our own."""
    tables = {
        "fr": Catalogue(
            errors={
                "a.known": "Le {what} manque.",
                "a.plural": {"one": "{count} nœud", "other": "{count} nœuds"},
                "a.by": {"by": "limit", "one": "un seul", "other": "jusqu'à {limit}"},
            },
            texts={"t.both": "les deux", "t.plural": {"one": "un", "other": "{count}"}},
        ),
        "en": Catalogue(texts={"t.both": "both", "t.english": "english {a}", "t.plural": {"one": "1", "other": "n"}}),
    }
    monkeypatch.setattr(module, "catalogue", lambda lang: tables.get(lang, Catalogue()))


def test_errors(words):
    error = NotFound("a.known", "The {what} is missing.", what="toit")
    assert render(error) == "The toit is missing."
    assert render(error, lang="fr") == "Le toit manque."
    assert render(error, lang="ar") == "The toit is missing."
    assert render("a.known", "The {what} is missing.", {"what": "x"}, "fr") == "Le x manque."
    assert render("a.plural", "{count} node(s)", {"count": 1}, "fr") == "1 nœud"
    assert render("a.plural", "{count} node(s)", {"count": 3}, "fr") == "3 nœuds"
    assert render("a.plural", "{count} node(s)", {"count": 1_000_000}, "fr") == "1000000 nœuds"
    assert render("a.plural", "{count} node(s)", {"count": "many"}, "fr") == "many nœuds"
    assert render("a.by", "up to {limit}", {"limit": 1}, "fr") == "un seul"
    assert render("a.unknown", "Only {lang}", {"lang": "English"}, "fr") == "Only English"
    assert render("a.unknown", "Only", lang="fr", packs=lambda code, lang: f"{code} {lang}") == "a.unknown fr"
    assert render("odd code", "Plain", None, "fr") == "Plain"


def test_texts(words):
    assert text("t.both") == "both"
    assert text("t.both", "fr") == "les deux"
    assert text("t.english", "fr", a="x") == "english x"
    assert text("t.plural", "fr", count=1) == "un"
    with pytest.raises(LookupError):
        text("t.none", "fr")


def test_built_in_packs_bring_their_own_errors(tmp_path, monkeypatch):
    folder = tmp_path / "mail" / "strings"
    folder.mkdir(parents=True)
    (folder / "fr.toml").write_text('[errors]\n"mail.bad" = "Adresse {a} fausse"\n')
    (folder / "ar.toml").write_text("x = 1\n")
    monkeypatch.setattr(module, "_PACKS", tmp_path)
    module._pack_errors.cache_clear()
    assert render("mail.bad", "Bad {a}", {"a": "x"}, "fr") == "Adresse x fausse"
    assert render("mail.bad", "Bad {a}", {"a": "x"}, "ar") == "Bad x"
    assert render("post.bad", "Bad {a}", {"a": "x"}, "ar") == "Bad x"
    module._pack_errors.cache_clear()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_statuses_are_there(lang):
    from studio.domain.status import ExecutionStatus, NodeStatus

    for status in (*ExecutionStatus, *NodeStatus):
        assert f"status.{status}" in catalogue(lang).texts
        assert text(f"status.{status}", lang)
