"""Nodes are imported at first use, held against their facts, and shared."""

from __future__ import annotations

import sys

import pytest

from studio.catalog import Catalog
from studio.catalog import _discover as discover
from studio.domain.errors import UserError


async def test_a_node_is_loaded_once(text_pack):
    catalog = text_pack.catalog()
    node = await catalog.load_async("text.upper")
    assert catalog.load("text.upper") is node
    assert await catalog.load_async("text.upper") is node


def test_relative_imports_work_in_a_local_pack(packs):
    packs.node("mail", "client", "ADDRESS = 'here'")
    packs.node(
        "mail",
        "send",
        '''
        from studio.sdk import Effect, node
        from .client import ADDRESS
        @node(type="mail.send", effect=Effect.PURE)
        def send() -> str:
            """Send."""
            return ADDRESS
    ''',
    )
    catalog = packs.catalog()
    assert catalog.problems() == []
    assert catalog.load("mail.send").type == "mail.send"


def test_a_folder_that_is_a_pack_itself(text_pack):
    catalog = Catalog([discover.local(text_pack.folder / "text")], cache_dir=text_pack.cache)
    assert catalog.load("text.upper").type == "text.upper"


def test_local_packs_shadow_nothing(packs):
    packs.node("json", "parse")
    before = sys.modules["json"]
    packs.catalog().load("json.parse")
    assert sys.modules["json"] is before


def test_a_missing_library_names_the_command(packs):
    packs.pack("table", 'requires = ["no_such_polars", "json"]\nextra = "tables"')
    packs.node("table", "join")
    place = discover.Place(str(packs.folder), "studio_packs_missing", discover.BUILT_IN)
    catalog = Catalog([place], cache_dir=packs.cache)
    facts = catalog.facts("table.join")
    assert facts.missing == ("no_such_polars",)
    assert facts.install == "pip install 'studio-workflows[tables]'"
    with pytest.raises(UserError) as caught:
        catalog.load("table.join")
    assert caught.value.code == "catalog.missing_requirement"
    assert "pip install 'studio-workflows[tables]'" in caught.value.message
    assert packs.catalog().facts("table.join").install == "pip install no_such_polars json"


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("import no_such_library_at_all", "ModuleNotFoundError"),
        ("raise SystemError('no')", "SystemError"),
        ("from studio.domain.errors import UserError\nraise UserError('a.b', 'A {c}', c='d')", "A d"),
        ("", "Input"),
    ],
)
def test_a_file_that_cannot_be_imported(text_pack, source, part):
    head = "from studio.sdk import BaseNode, Effect\n"
    body = "class Bad(BaseNode):\n    type = 'text.bad'\n    effect = Effect.PURE\n"
    text_pack.node("text", "bad", f"{head}{source}\n{body}")
    catalog = text_pack.catalog()
    with pytest.raises(UserError) as caught:
        catalog.load("text.bad")
    assert caught.value.code == "catalog.broken_node"
    assert part in caught.value.message
    assert catalog.load("text.upper")


def test_facts_that_change_on_import_are_refused(text_pack):
    path = text_pack.node("text", "bad")
    path.write_text(path.read_text() + "\nBad.ports = ('other',)\n")
    with pytest.raises(UserError) as caught:
        text_pack.catalog().load("text.bad")
    assert caught.value.code == "catalog.facts_differ"
    assert caught.value.arguments["name"] == "ports"


CREDENTIALS = """
from studio.sdk import CredentialField, CredentialType, HeaderScheme
CREDENTIALS = (
    CredentialType(
        "mail.token", "Token", (CredentialField("token", "Token", secret=True),), HeaderScheme(), hosts=("example.org",)
    ),
)
"""


def test_credential_types_of_packs(packs):
    packs.pack("mail", 'credentials = ["mail.token"]')
    (packs.folder / "mail" / "_credentials.py").write_text(CREDENTIALS)
    packs.node("text", "upper")
    catalog = packs.catalog()
    assert catalog.credential_types()["mail.token"].hosts == ("example.org",)
    assert "http.bearer" in catalog.credential_types()
    assert catalog.pack("mail").credentials == ("mail.token",)


@pytest.mark.parametrize("named", ["mail.other", "mail.token"])
def test_credential_types_that_are_not_there(packs, named):
    packs.pack("mail", f'credentials = ["{named}"]')
    if named == "mail.other":
        (packs.folder / "mail" / "_credentials.py").write_text(CREDENTIALS)
    with pytest.raises(UserError) as caught:
        packs.catalog().credential_types()
    assert caught.value.code == "catalog.broken_credentials"


def test_packs_of_installed_distributions(text_pack, tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    package = site / "acme_flows" / "packs"
    package.mkdir(parents=True)
    text_pack.folder.joinpath("text").rename(package / "text")
    info = site / "acme_flows-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-flows\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[studio.packs]\nacme = acme_flows.packs\ngone = acme_flows.nowhere\nnone = no_such_package_at_all\n"
    )
    manifest = package / "text" / "manifest.toml"
    manifest.write_text(manifest.read_text() + 'requires = ["no_such_lib"]\nextra = "mail"\n')
    monkeypatch.syspath_prepend(str(site))
    catalog = Catalog([], cache_dir=tmp_path / "cache", plugins=True)
    assert catalog.facts("text.upper").module == "acme_flows.packs.text.upper"
    assert catalog.facts("text.upper").install == "pip install 'acme-flows[mail]'"
    assert "acme_flows" not in sys.modules
    assert "text.upper" in Catalog([], cache_dir=tmp_path / "cache", plugins=True)


def test_odd_module_names():
    assert discover.missing_modules(["json", "no_such_module_x", ".", "sys.nothing"]) == ("no_such_module_x", ".")
    assert discover._package_folder("..") is None
    assert discover._package_folder("no_such_module_x.packs") is None


def test_the_built_in_packs_are_sound(tmp_path):
    catalog = Catalog.default([tmp_path], cache_dir=tmp_path / "cache")
    assert [problem.message for problem in catalog.problems()] == []
    assert "text.slugify" in catalog
    for facts in catalog.all():
        if not facts.missing:
            assert catalog.load(facts.type).type == facts.type
