"""The build as a Prefect flow: same bytes, quiet and private; the deployment's entry point and parameters fit."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from annotate.mapping import in_process
from annotate.pipeline import BuildOrder, build
from annotate.recipes import load_recipe
from annotate.watch import Silent
from flows.quiet import api_is_configured
from schemas.keys import file_sha256
from tests.photos import save_photos

SETTINGS = {"photos.min_side": 64, "plan.variants": 1, "split.test_share": 0.0}


def shards(dataset):
    return {path.relative_to(dataset).as_posix(): file_sha256(path) for path in dataset.glob("data/*/*.parquet")}


@pytest.mark.slow
def test_the_flow_writes_the_same_bytes_quietly_and_nothing_to_the_home(tmp_path):
    photos = save_photos(tmp_path / "photos", 4)
    recipe = load_recipe("demo", SETTINGS, environment={}).recipe
    build(BuildOrder(recipe, tmp_path / "plain", "train", str(photos)), in_process, Silent())
    (tmp_path / "home").mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")} | {
        "HOME": str(tmp_path / "home")
    }
    command = [sys.executable, "-c", "from annotate.cli import main; main()", "build", "--prefect", "--workers=2"]
    settings = [f"--set={key}={value}" for key, value in SETTINGS.items()]
    done = subprocess.run(
        [*command, f"--photos={photos}", f"--out={tmp_path / 'flow'}", *settings],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert shards(tmp_path / "flow") == shards(tmp_path / "plain")
    assert "Traceback" not in done.stderr
    assert "ERROR" not in done.stderr
    assert list((tmp_path / "home").rglob("*prefect*")) == []


def test_the_deployment_names_a_real_flow_and_parameters_it_accepts():
    (deployment,) = yaml.safe_load(Path("prefect.yaml").read_text())["deployments"]
    module, _, name = deployment["entrypoint"].rpartition(".")
    flow = getattr(importlib.import_module(module), name)
    assert flow.validate_parameters(deployment["parameters"])["recipe"] == "demo"
    with pytest.raises(Exception, match="split"):
        flow.validate_parameters(deployment["parameters"] | {"split": "nope"})


@pytest.mark.parametrize(("profile", "expected"), [("local", True), ("bare", False), ("missing", False)])
def test_an_api_in_the_active_profile_counts_as_configured(tmp_path, monkeypatch, profile, expected):
    text = f'active = "{profile}"\n[profiles.bare]\n[profiles.local]\nPREFECT_API_URL = "http://127.0.0.1:4200/api"\n'
    (tmp_path / "profiles.toml").write_text(text)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"):
        monkeypatch.delenv(name, raising=False)
    assert api_is_configured() is expected
