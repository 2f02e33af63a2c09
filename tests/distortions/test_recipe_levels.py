"""A recipe's own level numbers reach the steps that are planned, and wrong ones are refused by name."""

import json

import pytest

from annotate.planning.palette import palette
from schemas.errors import RecipeError
from schemas.keys import generator
from schemas.recipe import PlanSettings

WEAK = [{"sigma": value} for value in (0.5, 0.6, 0.7, 0.8, 0.9)]


def test_drawn_steps_carry_the_recipes_numbers():
    settings = PlanSettings(functions=("blur.gaussian", "noise.speckle"), levels={"blur.gaussian": WEAK})
    known = palette(settings)
    drawn = [known.draw_step(generator(1, number), "blur", (1, 5)) for number in range(8)]
    assert {json.loads(step.parameters)["sigma"] for step in drawn} == {0.5, 0.9}
    assert json.loads(known.step("noise.speckle", 1, 3).parameters) == {"scale": 0.14}


def test_settings_with_equal_levels_are_equal_and_share_a_palette():
    one, same, other = (PlanSettings(levels={"blur.gaussian": levels}) for levels in (WEAK, WEAK, WEAK[::-1]))
    assert palette(one) is palette(same)
    assert palette(one) is not palette(other)


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ({"blur.gausian": WEAK}, "plan.levels names 'blur.gausian', which is not in functions. Did you mean 'blur.gaussian'"),
        ({"blur.gaussian": WEAK[:4]}, "plan.levels of 'blur.gaussian' must be 5 mappings, got 4"),
        ({"blur.gaussian": [{"radius": 1}] * 5}, "plan.level 1 of 'blur.gaussian' must have"),
    ],
)
def test_wrong_levels_are_refused_by_name(levels, says):
    with pytest.raises(RecipeError) as caught:
        palette(PlanSettings(levels=levels))
    assert says in str(caught.value)
