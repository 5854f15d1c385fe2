"""A catalogue with the built-in packs and those of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.catalog import Catalog

PACKS = Path(__file__).parent / "packs"


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog.default([PACKS], cache_dir=tmp_path_factory.mktemp("cache"))
