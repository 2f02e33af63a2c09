from types import SimpleNamespace

import pytest

from annotate.planning.strata import stratum

WHOLE = 1000


def region(area, vertical="top", horizontal="left", categories=()):
    steps = tuple(SimpleNamespace(category=category) for category in categories)
    return SimpleNamespace(area=area, vertical=vertical, horizontal=horizontal, steps=steps, covers_picture=area == WHOLE)


REGIONS = [region(50, categories=("noise", "blur")), region(90, "bottom", "right"), region(20, "bottom", "left", ("blur",))]


@pytest.mark.parametrize(
    ("target", "expected"),
    [(0, ("top left", "2 of 3", "noise")), (1, ("bottom right", "1 of 3", "clean")), (2, ("bottom left", "3 of 3", "blur"))],
)
def test_a_target_is_told_by_its_place_its_rank_by_area_and_its_first_distortion(target, expected):
    assert stratum(REGIONS, (target,)) == expected


@pytest.mark.parametrize("targets", [(), (0, 1)])
def test_questions_on_no_or_several_regions_have_no_stratum(targets):
    assert stratum(REGIONS, targets) == ()


def test_a_whole_picture_has_no_place_to_balance():
    assert stratum([region(WHOLE, categories=("blur",))], (0,)) == ("whole", "1 of 1", "blur")
