"""A good dataset, built once through the real stages on real photographs."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.mapping import in_process
from annotate.pipeline import BuildOrder, build
from annotate.sources import sources
from annotate.watch import Silent
from schemas.keys import file_sha256
from schemas.recipe import PhotoSettings, PlanSettings, Quotas, Recipe, SelectSettings, SplitSettings

RECIPE = Recipe(
    name="small",
    seed=3,
    photos=PhotoSettings(long_side=224),
    split=SplitSettings(test_share=0.5, salt="a"),
    plan=PlanSettings(variants=10),
    select=SelectSettings(train=Quotas(local_description=10, short=8, dao=60), allow_shortfall=True),
)


@pytest.fixture(scope="session")
def good(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "dataset"
    build(BuildOrder(RECIPE, folder, "all"), in_process, Silent())
    return folder


@pytest.fixture(scope="session")
def photos() -> dict[str, Path]:
    return {file_sha256(file.path): file.path for file in sources.get("embedded").files("")}
