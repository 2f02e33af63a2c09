import polars as pl
import pytest
from click.testing import CliRunner

from annotate.cli.plan import COMMAND
from annotate.planning.forecast import PASS, Forecast, Sample, forecast, planned_picture, supply
from annotate.planning.order_presets import MEASURED, PAPER, orders
from annotate.planning.palette import palette
from annotate.recipes import load_recipe
from annotate.stages.plan import check_plan, plan
from distortions import allowed_pairs
from schemas.errors import RecipeError, ShortageError
from schemas.recipe import PlanSettings, Quotas, Recipe, SelectSettings


@pytest.fixture(scope="module")
def recipe():
    return Recipe(
        plan=PlanSettings(variants=2), select=SelectSettings(train=Quotas(global_description=10, dao=10_000), test=Quotas(hyd=1))
    )


@pytest.fixture(scope="module")
def sample(regions, photo_of):
    return Sample(tuple((photo_of(number), regions) for number in range(12)), refused=4)


def test_every_quota_of_every_split_is_forecast_and_no_other(sample, recipe):
    found = forecast(sample, {"train": 100, "test": 20}, recipe)
    assert [(row.split, row.kind) for row in found] == [("test", "hyd"), ("train", "global_description"), ("train", "dao")]


def test_a_quota_that_falls_short_tells_how_many_photos_it_takes(sample, recipe):
    rows = {row.kind: row for row in forecast(sample, {"train": 100, "test": 20}, recipe)}
    assert rows["global_description"].fits
    short = rows["dao"]
    assert not short.fits
    enough = forecast(sample, {"train": short.needed, "test": 0}, recipe)
    assert next(row for row in enough if row.kind == "dao").fits
    assert f"about {short.needed} photos are needed" in str(short)


def test_photos_without_regions_lower_what_is_expected(sample, recipe):
    assert sample.yields == 0.75
    fuller = Sample(sample.usable, refused=0)
    assert supply(sample, recipe)["hyd"] == pytest.approx(0.75 * supply(fuller, recipe)["hyd"])


def test_no_usable_photo_means_that_no_number_of_photos_will_do(recipe):
    rows = forecast(Sample((), 5), {"train": 100}, recipe)
    assert all(row.expected == 0 and row.needed is None for row in rows)
    assert "no number of photos gives any" in str(rows[0])


def test_limits_for_a_picture_bound_what_is_expected(sample, recipe):
    assert supply(sample, recipe)["global_description"] == pytest.approx(0.75 * 2 * PASS["global_description"])


def test_a_planned_picture_has_the_planned_steps(regions, photo_of, recipe):
    variant = plan(photo_of(1), regions, recipe)[0]
    picture = planned_picture(photo_of(1), regions, variant)
    assert tuple(region.steps for region in picture.regions) == variant.steps
    assert picture.id == variant.id


def test_the_command_names_each_shortage_and_ends_with_it(tmp_path):
    result = CliRunner().invoke(COMMAND, ["--out", str(tmp_path), "--recipe", "iqa-spider-33k", "--sample", "2"])
    assert isinstance(result.exception, ShortageError)
    assert "train dao: 3889 wanted, about" in result.output
    assert "photos are needed" in result.output


def test_the_plan_is_saved_as_a_table_that_can_be_queried(tmp_path):
    arguments = [
        "--out",
        str(tmp_path / "set"),
        "--save",
        str(tmp_path / "plan.parquet"),
        "--sample",
        "1",
        "--set",
        "plan.variants=2",
    ]
    result = CliRunner().invoke(COMMAND, arguments)
    assert result.exit_code == 0, result.output
    table = pl.read_parquet(tmp_path / "plan.parquet")
    assert table.height == 2 * table["photo"].n_unique()
    assert set(table["aim"]) <= {"free", "sid", "dao", "whole"}
    functions = table.explode("steps").explode("steps").select(pl.col("steps").struct.field("function")).drop_nulls()
    assert functions.height > 5


def test_table_7_of_the_paper_is_in_the_recipe_exactly():
    select = load_recipe("iqa-spider-33k").recipe.select
    for quotas, counts, total in (
        (select.train, (3251, 9742, 11669, 4506, 4222), 33390),
        (select.test, (629, 460, 586, 780, 786), 3241),
    ):
        grounding = quotas.hyd + quotas.sid + quotas.dao
        assert (quotas.global_description, quotas.local_description, grounding, quotas.short, quotas.long) == counts
        assert sum(counts) == total


def test_presets_of_orders_are_allowed_pairs():
    assert set(orders("all")) == allowed_pairs()
    assert set(orders("paper")) == set(PAPER) & allowed_pairs()
    assert set(orders("measured")) == {*MEASURED, *(pair[::-1] for pair in MEASURED)}
    assert orders((("noise", "blur"), ("blur", "noise"))) == (("blur", "noise"), ("noise", "blur"))


def test_an_order_that_is_not_allowed_is_refused_with_those_that_are():
    with pytest.raises(RecipeError, match=r"plan\.orders: oversharpen > noise .* may come: brighten\."):
        check_plan(PlanSettings(orders=(("oversharpen", "noise"),)))


def test_a_recipe_with_its_own_orders_plans_on_them_alone(regions, photo_of):
    settings = PlanSettings(variants=1, dao_share=1.0, sid_share=0.0, orders=(("noise", "blur"),))
    for number in range(10):
        (variant,) = plan(photo_of(number), regions, Recipe(plan=settings))
        kinds = [tuple(step.category for step in steps) for steps in variant.steps]
        assert kinds.count(("noise", "blur")) == 1


def test_functions_that_do_not_exist_are_refused_by_name():
    with pytest.raises(RecipeError, match=r"plan\.functions: .*blur\.gausian"):
        palette(PlanSettings(functions=("blur.gausian",)))


def test_a_list_of_functions_limits_the_palette():
    known = palette(PlanSettings(functions=("blur.gaussian", "noise.speckle")))
    assert known.functions == {"blur": {"blur.gaussian": (1, 2, 3, 4, 5)}, "noise": {"noise.speckle": (1, 2, 3, 4, 5)}}
    assert set(known.pairs) == {("blur", "noise"), ("noise", "blur")}


def test_a_forecast_that_fits_says_so_in_one_sentence():
    assert str(Forecast("train", "hyd", 5, 9, 10, 6)) == "train hyd: 5 wanted, about 9 expected from 10 photos."
