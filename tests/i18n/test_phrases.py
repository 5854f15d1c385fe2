"""Parts of sentences: English by themselves, translated as part of the sentence they stand in."""

from __future__ import annotations

import copy
import pickle

import pytest

from studio.domain import nouns
from studio.domain.errors import NodeError, UserError
from studio.domain.phrases import Phrase, Refusal, either, listed, plain_argument, reason_of, spoken_argument
from studio.engine.failures import error_facts, error_from_facts, error_info, why_cancelled
from studio.i18n import LANGUAGES, render
from studio.sdk import describe


def test_a_phrase_is_its_english():
    phrase = Phrase("value.list", "a list of {count}", count=3)
    assert phrase == "a list of 3"
    assert f"{phrase}!" == "a list of 3!"
    assert copy.deepcopy(phrase).arguments == {"count": 3}
    assert pickle.loads(pickle.dumps(phrase)).code == "value.list"


def test_it_is_said_in_the_language_of_its_sentence():
    error = UserError("list.not_a_list", "Expected {expected}; got {found}.", expected="x", found=describe([1, 2]))
    assert error.message == "Expected x; got a list of 2."
    template = "Paramètre {param} : reçu {found}."
    packs = {"fr": template}
    assert render(
        "odd.code", "{found}", {"found": describe([1, 2])}, "fr", packs=lambda _code, lang: packs.get(lang)
    ) == ("Paramètre {param} : reçu une liste de 2 éléments.")
    assert render("odd.code", "got {found}", {"found": describe([1])}, "ar") == "got قائمة من عنصر واحد"


def test_phrases_hold_phrases():
    inner = either([nouns.A_TEXT, nouns.A_NUMBER, nouns.A_TEXT])
    assert inner == "a text or a number"
    outer = Phrase("reason.expected", "should be {expected}", expected=inner)
    assert render("odd.code", "{it}", {"it": outer}, "fr") == "devrait être un texte ou un nombre"
    assert render("odd.code", "{it}", {"it": listed(["`a`", "`b`"])}, "ar") == "`a`، `b`"
    assert (either(["x"]), listed([]), listed(["x"])) == ("x", "", "x")


def test_they_survive_the_journal():
    error = NodeError("odd.code", "found {what} in {place}", what=describe({}), place=object)
    facts = error_facts(error)
    assert facts["args"]["what"] == {"code": "value.object", "template": "an object", "args": {}}
    assert render(error_from_facts(facts), lang="fr") == f"found un objet in {object}"
    info = error_info(facts)
    assert info is not None
    assert render(info.code, info.template or "", info.args, "fr") == f"found un objet in {object}"


def test_data_that_looks_like_a_phrase_stays_data():
    assert plain_argument({"code": "a", "template": "b", "args": {}}) == "{'code': 'a', 'template': 'b', 'args': {}}"
    assert spoken_argument({"code": "a"}) == {"code": "a"}


def test_reasons():
    refusal = Refusal("duration.range", "a duration lies between 0 and a hundred years")
    assert str(refusal) == "a duration lies between 0 and a hundred years"
    assert render("odd.code", "{why}", {"why": reason_of(refusal)}, "fr") == "une durée va de 0 à cent ans"
    assert render("o.c", "{why}", {"why": reason_of(UserError("flow.x", "no {a}", a=1))}, "fr") == "no 1"
    assert reason_of(KeyError("plain")) == "'plain'"
    assert (why_cancelled(None), why_cancelled("by hand")) == ("no reason was given", "by hand")


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_statuses_are_phrases_too(lang: str):
    assert render("odd.code", "{it}", {"it": Phrase("status.failed", "failed")}, lang) != "failed"
