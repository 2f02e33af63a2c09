"""Recipes: every shipped one is valid; precedence, origins and mistakes."""

import pytest

from annotate.recipes import load_recipe, named_recipes
from schemas.errors import RecipeError


@pytest.mark.parametrize("name", named_recipes())
def test_every_shipped_recipe_is_valid_and_says_what_it_is_for(name):
    assert load_recipe(name, environment={}).recipe.name == name
    assert named_recipes()[name].read_text().startswith("# ")


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return str(path)


def test_flags_win_over_the_environment_which_wins_over_the_file(tmp_path):
    path = write(tmp_path, "seed = 1\n[plan]\nvariants = 2\nclean_share = 0.5\n")
    effective = load_recipe(path, {"seed": 3}, {"ANNOTATE_SEED": "2", "ANNOTATE_PLAN__VARIANTS": "5", "ANNOTATE_OTHER": "x"})
    assert (effective.recipe.seed, effective.recipe.plan.variants, effective.recipe.plan.clean_share) == (3, 5, 0.5)
    assert [effective.origin(name) for name in ("seed", "plan.variants", "plan.clean_share", "split.salt")] == [
        "flag", "environment", "mine.toml", "default",
    ]  # fmt: skip
    assert effective.recipe.name == "mine"


MISTAKES = {
    "variant = 3": r"unknown setting variant",
    "[plan]\nvariant = 3": r"unknown setting plan\.variant\. Did you mean 'plan\.variants'\?",
    "[plan]\nclean_share = 1.5": r"plan\.clean_share = 1\.5: .*less than or equal to 1",
    "[plan]\nsid_share = 0.8\ndao_share = 0.8": r"sid_share \+ dao_share must not exceed 1",
    "seed = ": r"not valid TOML",
    "plan = 3": r"plan = 3",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_name_the_file_the_setting_and_what_is_wrong(tmp_path, text):
    with pytest.raises(RecipeError, match=MISTAKES[text]) as caught:
        load_recipe(write(tmp_path, text), environment={})
    assert "mine.toml" in str(caught.value)


@pytest.mark.parametrize("name", ["dmo", "nowhere.toml"])
def test_a_recipe_that_does_not_exist_is_named(name):
    with pytest.raises(RecipeError, match=name):
        load_recipe(name)
