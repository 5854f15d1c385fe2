"""The collector of messages finds what is missing, wrong and stale."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import messages  # noqa: E402 - a script beside the package
import node_lock  # noqa: E402 - a script beside the package


@pytest.fixture
def source(tmp_path):
    """A source tree with two errors, translated."""
    write(
        tmp_path,
        "domain/errors.py",
        """
        class StudioError(Exception):
            def __init__(self, code, message, /, **args): ...
        class UserError(StudioError): ...
        class Listed(StudioError):
            def __init__(self, problems):
                super().__init__("workflow.invalid", "There are {count} problems.", count=1)
        """,
    )
    write(
        tmp_path,
        "nodes/mail/send.py",
        """
        raise UserError("mail.bad", "The address {address} is wrong.", address=1)
        Problem(code="mail.other", template="Another one.")
        """,
    )
    for lang in ("fr", "ar"):
        write(tmp_path, f"i18n/locales/{lang}.toml", '[errors]\n"workflow.invalid" = "{count}"\n[texts]\n"t.a" = "x"\n')
        write(
            tmp_path,
            f"nodes/mail/strings/{lang}.toml",
            '[errors]\n"mail.bad" = "{address} faux"\n"mail.other" = "Un autre"\n',
        )
    write(tmp_path, "i18n/locales/en.toml", '[texts]\n"t.a" = "a"\n')
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def problems(root: Path) -> list[str]:
    found, out = messages.collect(root)
    return out + messages.check_errors(root, found) + messages.check_texts(root)


def test_all_is_well(source):
    assert problems(source) == []
    found, _ = messages.collect(source)
    assert {message.code: message.pack for message in found} == {
        "workflow.invalid": None, "mail.bad": "mail", "mail.other": "mail",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("a.py", 'raise UserError("a.new", "A new one.")', "a.new is not translated into fr"),
        ("a.py", 'raise UserError(code, "A new one.")', "code and template must be literals"),
        ("a.py", 'raise UserError("a.new", f"A new {one}.")', "code and template must be literals"),
        ("a.py", 'UserError("mail.bad", "The {adress} is wrong.")', "mail.bad has other placeholders than in"),
        ("i18n/locales/fr.toml", '[errors]\n"workflow.invalid" = "{cuont}"\n[texts]\n"t.a" = ""', "placeholders"),
        (
            "i18n/locales/fr.toml",
            '[errors]\n"gone.code" = "x"\n[texts]\n"t.a" = "b"',
            "gone.code is no message any more",
        ),
        ("i18n/locales/fr.toml", "[errors]", "the text t.a is not translated"),
        ("i18n/locales/fr.toml", '[texts]\n"t.a" = ""\n"t.b" = ""', "the text t.b is not in en.toml"),
        ("i18n/locales/fr.toml", '[errors]\n"workflow.invalid" = {one = "un"}', "needs `other`"),
        ("i18n/locales/fr.toml", '[errors]\n"workflow.invalid" = {few = "", other = "{count}"}', "forms"),
        ("i18n/locales/fr.toml", '[errors]\n"workflow.invalid" = {one = "{x}", other = "{count}"}', "form one"),
    ],
)
def test_what_is_found(source, file, text, expected):
    write(source, file, text)
    assert any(expected in problem for problem in problems(source)), problems(source)


ENGLISH = {
    "a literal": """raise UserError("mail.bad", "{address}", address="no address")""",
    "an f-string": """raise UserError("mail.bad", "{address}", address=f"near: {one}")""",
    "a choice": """raise UserError("mail.bad", "{address}", address=one or "its top")""",
    "a choice of two": """raise UserError("mail.bad", "{address}", address=one if one else "not one of them")""",
    "a concatenation": """raise UserError("mail.bad", "{address}", address=one + " is not here")""",
    "joined": """raise UserError("mail.bad", "{address}", address=" or ".join(names))""",
    "a variable": """
        def send(one):
            what = "the whole thing"
            raise UserError("mail.bad", "{address}", address=what)
    """,
    "a constant": """
        KINDS = {1: "a number", 2: "a text"}
        def send(one):
            raise UserError("mail.bad", "{address}", address=KINDS[one])
    """,
    "a parameter": """
        def _wrong(what):
            return UserError("mail.bad", "{address}", address=what)
        raise _wrong("not there at all")
    """,
    "what a function returns": """
        def _kind(one):
            return "a kind of thing"
        raise UserError("mail.bad", "{address}", address=_kind(1))
    """,
    "in a problem": """Problem(code="mail.bad", template="{address}", address="not an address")""",
}


@pytest.mark.parametrize("how", ENGLISH)
def test_english_inside_a_sentence(source, how):
    write(source, "a.py", ENGLISH[how])
    assert any("is English inside a message" in problem for problem in problems(source)), problems(source)


@pytest.mark.parametrize(
    "text",
    [
        'raise UserError("mail.bad", "{address}", address="`on error`")',
        'raise UserError("mail.bad", "{address}", address=", ".join(names))',
        'raise UserError("mail.bad", "{address}", address=Phrase("mail.other", "Another one."))',
        'raise UserError("mail.bad", "{address}", address="https://example.org/a b")',
        "def f(a):\n    a = a\n    raise UserError('mail.bad', '{address}', address=a)",
    ],
)
def test_data_inside_a_sentence(source, text):
    write(source, "a.py", text)
    assert problems(source) == []


def test_english_that_another_file_gives(source):
    write(source, "a.py", "def wrong(what):\n    return UserError('mail.bad', '{address}', address=what)\n")
    write(source, "b.py", "from studio.a import wrong\nraise wrong('not there at all')\n")
    (found,) = problems(source)
    assert "b.py:2: 'not there at all' is English" in found


def test_phrases_are_messages_of_one_word(source):
    write(source, "a.py", 'Phrase("mail.word", "private")')
    assert any("mail.word is not translated into ar" in problem for problem in problems(source))
    write(source, "a.py", 'Phrase("mail.bad", what)')
    assert any("code and template must be literals" in problem for problem in problems(source))


def test_validators_refuse_by_phrases(source):
    write(
        source, "a.py", "class M:\n    @model_validator(mode='after')\n    def f(self):\n        raise ValueError('no')"
    )
    assert any("a.py:4: raise Refusal" in problem for problem in problems(source))


def test_plural_forms_may_leave_the_number_out(source):
    write(
        source,
        "i18n/locales/ar.toml",
        '[errors]\n"workflow.invalid" = {zero = "لا شيء", one = "واحد", other = "{count}"}\n[texts]\n"t.a" = ""',
    )
    assert problems(source) == []


def test_texts_of_nodes(source):
    path = source / "nodes/mail/strings/fr.toml"
    path.write_text(
        path.read_text() + '[pack]\ntitle = "Courrier"\ndescription = "Envoyer"\n'
        '["mail.send"]\ntitle = "Envoyer"\ndescription = "Envoie"\nparams = {to = "À", from = "De"}\n'
    )
    found = [line for line in messages.check_nodes(source, {"mail.send": ["to", "from"]}) if "/fr.toml" in line]
    assert found == []
    found = messages.check_nodes(source, {"mail.send": ["to", "text"], "mail.read": []})
    assert [line.partition("toml: ")[2] for line in found if "/fr.toml" in line] == [
        "mail.read lacks title", "mail.read lacks description", "mail.send lacks the param text",
        "mail.send has no param from",
    ]  # fmt: skip
    assert "[pack] lacks title" in [line.partition("toml: ")[2] for line in found if "/ar.toml" in line]
    assert any("mail.send is no node type" in line for line in messages.check_nodes(source, {"mail.read": []}))


def test_missing_ones_as_a_table(source):
    write(source, "a.py", 'raise UserError("a.new", "A new one.")')
    write(source, "nodes/mail/b.py", 'raise UserError("mail.new", "New mail.")')
    found, _ = messages.collect(source)
    assert messages.missing_table(source, found, "fr") == (
        '## i18n/locales/fr.toml\n"a.new" = "" # A new one.\n'
        '## nodes/mail/strings/fr.toml\n"mail.new" = "" # New mail.\n'
    )


def test_the_lock_tells_what_changed():
    assert node_lock.differences("a.b 1\na.c 2\n", "a.b 1\na.c 2\n") == []
    found = node_lock.differences("a.gone 1\na.same 1\na.up 1\n", "a.new 1\na.same 1\na.up 2\n")
    assert [line.split()[0] for line in found] == ["a.gone", "a.new", "a.up"]


def test_the_lock_is_up_to_date():
    done = subprocess.run([sys.executable, "tools/node_lock.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", ["i18n/locales/fr.toml", "i18n/locales/en.toml", "nodes/mail/strings/ar.toml", "x.py"])
def test_a_file_that_cannot_be_read_is_named(source, file, monkeypatch, capsys):
    write(source, file, "a = = 1\n")
    monkeypatch.setattr(messages, "SOURCE", source)
    monkeypatch.setattr(messages, "node_params", dict)
    assert messages.main([]) == 1
    said = capsys.readouterr().err
    assert file in said
    assert "line 1" in said or ":1:" in said
