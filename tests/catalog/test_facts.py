"""Facts are read from the files, and everything wrong with one is said without disturbing the others."""

from __future__ import annotations

import pytest

from studio.domain.errors import NotFound, UserError
from studio.domain.status import Effect


def problems(packs) -> dict[str, str]:
    return {problem.type or problem.code: problem.code for problem in packs.catalog().problems()}


def test_facts_of_a_class(text_pack):
    facts = text_pack.catalog().facts("text.upper")
    assert facts.title == "Upper"
    assert facts.category == "data"
    assert facts.description == "Does upper to a text."
    assert facts.keywords == ("word", "upper")
    assert facts.effect is Effect.PURE
    assert facts.kind == "node"
    assert (facts.pack, facts.file, facts.class_name) == ("text", "upper.py", "Upper")


def test_every_fact_is_read(packs):
    packs.node(
        "text",
        "all",
        '''
        from studio.sdk import BaseNode, Effect, NodeModel, Rate, Slot

        _MINUTE = 60
        _MORE = ("b",)

        class All(BaseNode):
            """Everything
            at once.
            """
            type = "text.all"
            version: int = 3
            title = "All of it"
            category = "other"
            icon = "star"
            keywords = ("a", *_MORE) + ("c",)
            effect = Effect.KEYED
            ports = ("yes", "no")
            open_ports = True
            passes_input = True
            slots = (Slot("model", "llm"), Slot("tools", kind="tool", many=True, required=True))
            credentials = ("http.bearer",)
            timeout = 15 * _MINUTE + 0.5
            retries = 4
            rate = Rate(10, 1.5, per="host")
            batch_size = 0
            runs_in = "task"
            memory_mb = 256
            cpu_heavy = True
            class Input(NodeModel): ...
            class Output(NodeModel): ...
            @classmethod
            def migrate(cls, params, from_version): return params
            def effect_of(self, input): return Effect.READ
            async def run(self, input, ctx): return {}
        ''',
    )
    catalog = packs.catalog()
    facts = catalog.facts("text.all")
    assert facts.version == 3
    assert facts.title == "All of it"
    assert (facts.category, facts.icon) == ("other", "star")
    assert facts.keywords == ("a", "b", "c")
    assert facts.effect is Effect.KEYED
    assert facts.effect_varies
    assert facts.ports == ("yes", "no")
    assert facts.open_ports
    assert facts.passes_input
    assert [(slot.name, slot.kind, slot.many, slot.required) for slot in facts.slots] == [
        ("model", "llm", False, False),
        ("tools", "tool", True, True),
    ]
    assert facts.timeout == 900.5
    assert facts.rate is not None
    assert (facts.rate.count, facts.rate.period, facts.rate.per) == (10, 1.5, "host")
    assert (facts.retries, facts.runs_in, facts.memory_mb, facts.cpu_heavy) == (4, "task", 256, True)
    assert facts.description == "Everything at once."
    assert catalog.load("text.all").type == "text.all"


def test_facts_come_from_bases_in_the_pack_too(packs):
    packs.node(
        "mail",
        "send",
        """
        from ._base import MailNode as Base
        class Send(Base):
            "Send."
            type = "mail.send"
            retries = -(-2)
    """,
    )
    packs.node(
        "mail",
        "_base",
        """
        from studio.sdk import BaseNode, Effect, NodeModel
        from studio.sdk import Effect as E
        WORDS = ("mail",)
        class MailNode(BaseNode, abstract=True):
            effect = Effect.IRREVERSIBLE
            keywords = WORDS
            class Input(NodeModel): ...
            class Output(NodeModel): ...
            async def run(self, input, ctx): return {}
    """,
    )
    catalog = packs.catalog()
    facts = catalog.facts("mail.send")
    assert (facts.effect, facts.keywords, facts.retries) == (Effect.IRREVERSIBLE, ("mail",), 2)
    assert catalog.load("mail.send").effect is Effect.IRREVERSIBLE


def test_control_nodes_and_triggers_are_told_apart(packs):
    packs.node(
        "flow",
        "while_",
        '''
        from studio.sdk import ControlNode, Effect, NodeModel
        class While(ControlNode):
            """Loop."""
            type = "flow.while"
            effect = Effect.PURE
            executor = "while"
            bodies = ("body",)
            scope_names = ("state",)
            class Input(NodeModel): ...
            class Output(NodeModel): ...
    ''',
    )
    packs.node(
        "flow",
        "tick",
        '''
        from studio.sdk import NodeModel, TriggerNode
        class Tick(TriggerNode):
            """Tick."""
            type = "flow.tick"
            source = "manual"
            class Input(NodeModel): ...
            class Event(NodeModel): ...
    ''',
    )
    catalog = packs.catalog()
    loop = catalog.facts("flow.while")
    assert (loop.kind, loop.executor, loop.bodies, loop.scope_names) == ("control", "while", ("body",), ("state",))
    assert catalog.facts("flow.tick").kind == "trigger"
    assert catalog.load("flow.while").type == "flow.while"
    assert catalog.load("flow.tick").type == "flow.tick"


def test_functions_are_nodes_too(packs):
    packs.node(
        "math",
        "add",
        '''
        from studio.sdk import Effect, node
        @node(type="math.add", effect=Effect.PURE, title="Plus", keywords=("sum",))
        def add(a: int, b: int = 1) -> int:
            """Add two numbers."""
            return a + b
    ''',
    )
    packs.node(
        "math",
        "wait",
        '''
        from studio.sdk import Effect, node
        @node(type="math.wait", effect=Effect.READ)
        async def wait() -> None:
            """Wait."""
    ''',
    )
    packs.node(
        "math",
        "mean",
        """
        import statistics
        from studio import sdk
        def _mean(numbers: list[float]) -> float:
            return statistics.mean(numbers)
        Mean = sdk.as_node(_mean, type="math.mean", effect=sdk.Effect.PURE, description="The mean.")
    """,
    )
    catalog = packs.catalog()
    assert catalog.problems() == []
    add = catalog.facts("math.add")
    assert (add.title, add.description, add.runs_in) == ("Plus", "Add two numbers.", "thread")
    assert catalog.facts("math.wait").runs_in == "inline"
    assert catalog.facts("math.mean").description == "The mean."
    assert [catalog.load(name).type for name in ("math.add", "math.wait", "math.mean")] == [
        "math.add", "math.wait", "math.mean",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("def broken(:", "catalog.syntax"),
        ("x = 1", "catalog.no_node"),
        ("\0", "catalog.syntax"),
        ("-" * 100_000 + "1", "catalog.unreadable"),
        (
            "from studio.sdk import BaseNode, Effect\nclass A(BaseNode):\n    type = 'text.bad'\n"
            "    effect = Effect.PURE\nclass B(BaseNode):\n    type = 'text.bad'\n    effect = Effect.PURE\n",
            "catalog.several_nodes",
        ),
        ("from studio.sdk import BaseNode\nclass A(BaseNode):\n    type = 'text.other'\n", "catalog.type_name"),
        ("from studio.sdk import BaseNode\nclass A(BaseNode):\n    type = 'text.bad'\n", "catalog.no_effect"),
        (
            "from studio.sdk import BaseNode, Effect\nclass A(BaseNode):\n    type = 'text.bad'\n"
            "    effect = Effect.WILD\n",
            "catalog.wrong_fact",
        ),
        (
            "import os\nfrom studio.sdk import BaseNode, Effect\nclass A(BaseNode):\n    type = 'text.bad'\n"
            "    effect = Effect.PURE\n    title = os.name\n",
            "catalog.not_literal",
        ),
        (
            "from studio.sdk import BaseNode, Effect\nloop = loop\nclass A(BaseNode):\n    type = 'text.bad'\n"
            "    effect = Effect.PURE\n    title = loop\n",
            "catalog.not_literal",
        ),
        (
            "from studio.sdk import BaseNode, Effect\nclass A(BaseNode):\n    type = 'text.bad'\n"
            "    effect = Effect.PURE\n    timeout = 3 * 'a'\n",
            "catalog.not_literal",
        ),
        (
            "from studio.sdk import BaseNode, Effect\nclass A(BaseNode):\n    type = 'text.bad'\n"
            "    effect = Effect.PURE\n    timeout = -'a'\n",
            "catalog.not_literal",
        ),
    ],
)  # fmt: skip
def test_a_broken_file_is_a_problem_of_its_own(text_pack, source, code):
    text_pack.node("text", "bad", source)
    catalog = text_pack.catalog()
    assert [problem.code for problem in catalog.problems()] == [code]
    assert catalog.problems()[0].file == "bad.py"
    assert "bad.py" in catalog.problems()[0].message or "text.bad" in catalog.problems()[0].message
    assert catalog.load("text.upper").type == "text.upper"
    with pytest.raises(UserError) as caught:
        catalog.facts("text.bad")
    assert caught.value.code == "catalog.broken_node"


def test_two_files_for_one_type(packs):
    packs.node("flow", "if_", type="flow.if")
    packs.node("flow", "if", type="flow.if")
    assert [problem.code for problem in packs.catalog().problems()] == ["catalog.duplicate_type"]


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ("id = ", "catalog.bad_manifest"),
        ('id = "text"', "catalog.bad_manifest"),
        ("colour = 'red'", "catalog.bad_manifest"),
        ("", "catalog.pack_name"),
    ],
)
def test_a_broken_manifest(packs, manifest, code):
    folder = packs.pack("other" if code == "catalog.pack_name" else "text", manifest)
    if code == "catalog.pack_name":
        folder.rename(folder.parent / "text")
    elif manifest.startswith("id"):
        (folder / "manifest.toml").write_text(manifest)
    catalog = packs.catalog()
    assert [problem.code for problem in catalog.problems()] == [code]
    assert catalog.packs()[0].id == "text"


def test_the_second_pack_of_a_name_is_left_out(text_pack, tmp_path):
    from studio.catalog import Catalog
    from studio.catalog._discover import local

    other = type(text_pack)(tmp_path / "others")
    other.node("text", "extra")
    catalog = Catalog([text_pack.place(), local(other.folder)], cache_dir=tmp_path / "c")
    assert [problem.code for problem in catalog.problems()] == ["catalog.duplicate_pack"]
    assert "text.extra" not in catalog
    assert "text.upper" in catalog


def test_unknown_types_suggest_near_ones(text_pack):
    catalog = text_pack.catalog()
    for mistyped in ("text.uper", "upper", "txt.upper", "Text.Upper"):
        with pytest.raises(NotFound) as caught:
            catalog.facts(mistyped)
        assert caught.value.code == "workflow.unknown_type_near"
        assert caught.value.arguments["suggestion"] == "text.upper"
    with pytest.raises(NotFound) as caught:
        catalog.facts("mail.send_letter")
    assert caught.value.code == "workflow.unknown_type"
    assert catalog.suggest("mail.send_letter") is None
    assert "text.upper" in catalog
    assert 3 not in catalog
    assert len(catalog) == 2
    assert list(catalog) == ["text.lower", "text.upper"]
    with pytest.raises(NotFound):
        catalog.pack("mail")


def test_search_ranks_names_before_descriptions(packs):
    packs.node("text", "upper")
    packs.node(
        "text",
        "trim",
        '''
        from studio.sdk import BaseNode, Effect
        class Trim(BaseNode):
            """Leave blanks out, as upper never does."""
            type = "text.trim"
            effect = Effect.PURE
            keywords = ("strip", "whitespace")
    ''',
    )
    catalog = packs.catalog()
    assert [facts.type for facts in catalog.search("upper")] == ["text.upper", "text.trim"]
    assert [facts.type for facts in catalog.search("strip")] == ["text.trim"]
    assert [facts.type for facts in catalog.search("whitespcae")] == ["text.trim"]
    assert [facts.type for facts in catalog.search("whitespac blanks")] == ["text.trim"]
    assert [facts.type for facts in catalog.search("itespa")] == ["text.trim"]
    assert catalog.search("nothing at all") == []
    assert len(catalog.search("")) == 2
    assert len(catalog.search("text", limit=1)) == 1


def test_texts_in_other_languages(text_pack):
    folder = text_pack.folder / "text" / "strings"
    folder.mkdir()
    (folder / "fr.toml").write_text(
        '[pack]\ntitle = "Texte"\n["text.upper"]\ntitle = "Majuscules"\ndescription = "Met en majuscules"\n'
        'params = {text = "Le texte"}\n[errors]\n"text.bad" = "Mauvais {what}"\n'
    )
    (folder / "ar.toml").write_text("[broken")
    catalog = text_pack.catalog()
    strings = catalog.strings("text")
    assert strings.title("text.upper", "fr") == "Majuscules"
    assert strings.description("text.upper", "fr") == "Met en majuscules"
    assert strings.params("text.upper", "fr") == {"text": "Le texte"}
    assert strings.pack("title", "fr") == "Texte"
    assert strings.title("text.lower", "fr") is None
    assert strings.params("text.lower", "fr") == {}
    assert strings.title("text.upper", "ar") is None
    assert strings.title("text.upper", "../fr") is None
    assert catalog.error_template("text.bad", "fr") == "Mauvais {what}"
    assert catalog.error_template("mail.bad", "fr") is None


def test_a_link_that_leads_nowhere(text_pack):
    (text_pack.folder / "text" / "gone.py").symlink_to("/no/such/file.py")
    catalog = text_pack.catalog()
    assert [problem.code for problem in catalog.problems()] == ["catalog.unreadable"]
    assert "text.upper" in text_pack.catalog()


def test_bases_and_values_that_lead_nowhere(packs):
    packs.node(
        "text",
        "bad",
        """
        from ._gone import Base
        from .self import *
        from elsewhere import Other
        class Loop(Loop): ...
        class A(Base, Other, Loop):
            type = "text.bad"
    """,
    )
    packs.node(
        "text",
        "worse",
        """
        from studio.sdk import BaseNode, Effect
        from ._gone import WORDS
        class Worse(BaseNode):
            type = "text.worse"
            effect = Effect.PURE
            keywords = WORDS
    """,
    )
    found = {problem.type: problem.code for problem in packs.catalog().problems()}
    assert found == {"text.bad": "catalog.no_node", "text.worse": "catalog.not_literal"}


def test_words_from_another_file_of_the_pack(packs):
    packs.node("text", "_words", "WORDS = ('a', 'b')")
    path = packs.node("text", "upper")
    source = path.read_text().replace('("word", "upper")', "WORDS")
    path.write_text(source.replace("from studio.sdk", "from ._words import WORDS\nfrom studio.sdk"))
    assert packs.catalog().facts("text.upper").keywords == ("a", "b")
