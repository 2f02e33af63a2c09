"""Plug-ins are found by their file, or by an entry point of another package; mistakes are named."""

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

import schemas.registry
from schemas.errors import PluginError
from schemas.registry import Registry


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package 'plugs' with the plug-ins alpha (good) and heavy (needs a package that is not there)."""
    (tmp_path / "plugs").mkdir()
    (tmp_path / "plugs/__init__.py").write_text("")
    (tmp_path / "plugs/alpha.py").write_text("PLUGIN = 'the alpha plug-in'")
    (tmp_path / "plugs/heavy.py").write_text("import no_such_package")
    (tmp_path / "plugs/_private.py").write_text("raise RuntimeError")
    monkeypatch.syspath_prepend(tmp_path)
    yield "plugs"
    for name in [name for name in sys.modules if name.startswith("plugs")]:
        del sys.modules[name]


def offer(monkeypatch, name, value):
    module = ModuleType("outside")
    module.PLUGIN = "from outside"
    monkeypatch.setitem(sys.modules, "outside", module)
    monkeypatch.setattr(schemas.registry, "entry_points", lambda group: [EntryPoint(name, value, group)])


def test_every_public_file_is_a_plugin_and_none_is_imported_for_its_name(folder):
    registry = Registry("thing", folder)
    assert registry.names() == ["alpha", "heavy"]
    assert "plugs.alpha" not in sys.modules
    assert registry.get("alpha") == "the alpha plug-in"


def test_an_unknown_name_offers_the_nearest(folder):
    with pytest.raises(PluginError, match=r"No thing is called 'alhpa'. Did you mean 'alpha'\?"):
        Registry("thing", folder).get("alhpa")


def test_a_missing_package_is_named(folder):
    with pytest.raises(PluginError, match=r"thing 'heavy' needs a package that is not installed.*no_such_package"):
        Registry("thing", folder).get("heavy")


def test_other_packages_add_plugins_by_entry_point(folder, monkeypatch):
    offer(monkeypatch, "beta", "outside:PLUGIN")
    registry = Registry("thing", folder)
    assert registry.get("beta") == "from outside"


def test_a_name_that_is_offered_twice_is_refused(folder, monkeypatch):
    offer(monkeypatch, "alpha", "outside:PLUGIN")
    with pytest.raises(PluginError, match="offered twice"):
        Registry("thing", folder).names()


def test_nested_plugins_are_called_by_their_folder_and_file(folder, tmp_path):
    for place in ("one", "two", "_hidden"):
        (tmp_path / "plugs" / place).mkdir()
        (tmp_path / "plugs" / place / "beta.py").write_text(f"PLUGIN = 'beta of {place}'")
    registry = Registry("thing", folder, nested=True)
    assert registry.names() == ["one.beta", "two.beta"]
    assert registry.get("two.beta") == "beta of two"
    with pytest.raises(PluginError, match=r"Did you mean 'one.beta'"):
        registry.get("one.bet")
