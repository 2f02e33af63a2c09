"""From asks to questions: facts in words, nothing leaked, the same key every time; prompts a user can change; labels."""

from __future__ import annotations

import json
import re

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.checks import judge
from annotate.stages.label import relabelled
from annotate.teachers import Named
from annotate.teachers._crops import around, close_up, decode, encode
from annotate.teachers._labels import accepted, label_question
from annotate.teachers._prompts import FOLDER, Prompts
from annotate.teachers._questions import AIMS, prompt_names, question_of
from distortions.categories import CATEGORIES
from schemas.errors import UsageError
from schemas.masks import bounding_box
from schemas.masks import encode as encode_mask
from schemas.recipe import TeacherSettings
from schemas.values import Ask, Finding, Photo, Picture, RegionState, Step, TextRequest
from tests.sentences import picture as whole_picture
from tests.sentences import region_state, whole_state

SETTINGS = TeacherSettings(name="openai", model="m")
KINDS = {"impulse": "noise", "salt": "noise", "jpeg": "compression", "": "blur"}
"""categories of the looks that stand under the name of a distortion, by a part of it"""


def region(index: int, steps: tuple[Step, ...] = (), box: tuple[int, int, int, int] = (10, 10, 60, 50)) -> RegionState:
    mask = np.zeros((120, 160), bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    return RegionState(
        index=index,
        label="area",
        raw_label="area",
        phrase=f"the {('red', 'blue', 'green')[index]} area",
        where="in the upper left",
        horizontal="left",
        vertical="top",
        bbox=bounding_box(mask),
        area=int(mask.sum()),
        mask=encode_mask(mask),
        holes=0,
        components=1,
        click=(box[0] + 5, box[1] + 5),
        quadrant_share=1.0,
        quarter_inside=True,
        quarter_nearest=True,
        colour=("red", "blue", "green")[index],
        brightness=0.5,
        texture=0.5,
        colourfulness=0.5,
        steps=steps,
        measures=(),
        strength=0.5,
        order_gap=0.0,
        seen_colour=("red", "blue", "green")[index],
        seen_texture=0.5,
    )


def step(category: str, level: int) -> Step:
    severity = ("mild", "mild", "moderate", "severe", "severe")[level - 1]
    return Step(
        category=category, function=f"{category}.x", level=level, severity=severity, seed=1, parameters='{"sigma": 9.125}'
    )


def picture() -> Picture:
    names = {"id": "feedbeef" * 8, "source": "50c1a1" * 10, "source_name": "photo.png", "source_licence": "", "split": "train"}
    regions = (
        region(0, (step("blur", 5), step("saturate_weaken", 1))),
        region(1, box=(80, 10, 150, 60)),
        region(2, (step("noise", 3),), box=(20, 70, 150, 110)),
    )
    return Picture(**names, variant=0, width=160, height=120, image_sha256="1" * 64, regions=regions)


class Pixels:
    loads = 0

    def picture(self, picture) -> bytes:
        self.loads += 1
        return encode(pixels())

    def photo(self, photo):
        return pixels()


def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)


def ask(kind: str = "global", targets: tuple[int, ...] = (), name: str = "r1", **changes) -> Ask:
    return Ask(request=TextRequest(id=name, kind=kind, picture=picture(), targets=targets), **changes)


def made(asked: Ask, settings: TeacherSettings = SETTINGS, prompts: Prompts | None = None):
    return question_of(asked, Pixels(), settings, prompts or Prompts())


@pytest.mark.parametrize("kind", list(AIMS))
def test_facts_are_told_in_words_and_never_as_ids_masks_or_levels(kind):
    question = made(ask(kind, () if kind == "global" else (0,)))
    text = " ".join(question.texts)
    assert "severe blur [edges and fine detail are soft]; mild saturation weakening [" in text
    for leak in ("saturate_weaken", "blur.x", "sigma", "9.125", "feedbeef", "50c1a1", "photo.png", '"counts"', "level 5", "bbox"):
        assert leak not in text


def test_a_global_question_names_every_region_and_a_local_one_only_its_own():
    whole, local = made(ask()), made(ask("local", (2,)))
    assert all(name in whole.parts[0] for name in ("the red area", "the blue area", "the green area"))
    assert "the red area" not in " ".join(local.texts)
    assert "moderate noise" in local.parts[0]


LOOK = re.compile(r'^  "([a-z_0-9]+)": "(.*)",$', re.MULTILINE)


@pytest.mark.parametrize(("name", "look"), LOOK.findall((FOLDER / "_looks.j2").read_text()))
def test_what_a_distortion_is_said_to_look_like_may_be_repeated_in_a_text(name, look):
    category = name if name in CATEGORIES else next(known for suffix, known in KINDS.items() if suffix in name)
    for severity in ("mild", "severe"):
        target = region_state(0, f"door @ left : {category} {severity}")
        request = TextRequest(id="1" * 32, kind="local", picture=whole_picture((target,)), targets=(0,))
        said = CATEGORIES[category].noun
        end = "That is what one sees there, and it is a pity for so fine a motif."
        text = f"{target.phrase.capitalize()} has {severity} {said}: {look}. {end}"
        assert [finding.code for finding in judge(request, text)] == []


def test_a_look_of_its_own_comes_before_that_of_the_category():
    picture_ = picture()
    ripples = step("compression", 3).model_copy(update={"function": "compression.jpeg_2000"})
    changed = picture_.regions[0].model_copy(update={"steps": (ripples,)})
    request = TextRequest(id="r", kind="local", picture=picture_.model_copy(update={"regions": (changed,)}), targets=(0,))
    text = made(Ask(request=request)).parts[0]
    assert "moderate compression [fine texture is lost, with ripples beside edges]" in text
    assert "jpeg" not in text


def test_fixed_text_comes_first_and_pictures_after_it():
    kinds = [type(part).__name__ for part in made(ask()).parts]
    assert kinds == ["str", "str", "Image", *("str", "Image") * 3]


def test_pictures_are_lossless_and_close_ups_are_cut_at_full_resolution():
    question = made(ask("local", (0,)))
    whole, part = (cv2.imdecode(np.frombuffer(image.load(), np.uint8), cv2.IMREAD_COLOR_RGB) for image in question.images)
    assert np.array_equal(whole, pixels())
    x0, y0, x1, y1 = around(picture().regions[0].bbox, 160, 120)
    assert np.array_equal(part, pixels()[y0:y1, x0:x1])
    assert (question.images[1].width, question.images[1].height) == part.shape[1::-1]


def test_a_picture_is_decoded_once_for_all_its_close_ups():
    calls = []
    image = decode(lambda: calls.append(1) or encode(pixels()))
    for box in ((0, 0, 10, 10), (5, 5, 20, 20)):
        close_up("x", box, image, "high").load()
    assert len(calls) == 1


@given(st.integers(0, 159), st.integers(0, 119), st.integers(1, 160), st.integers(1, 120))
def test_close_ups_hold_their_region_and_stay_in_the_picture(x, y, width, height):
    box = (x, y, min(160, x + width), min(120, y + height))
    wide = around(box, 160, 120)
    if wide is not None:
        assert 0 <= wide[0] <= box[0] < box[2] <= wide[2] <= 160
        assert 0 <= wide[1] <= box[1] < box[3] <= wide[3] <= 120


def test_the_same_ask_gives_the_same_key_and_no_file_is_read_for_it():
    eyes = Pixels()
    keys = {question_of(ask(), eyes, SETTINGS, Prompts()).key for _ in range(3)}
    assert (len(keys), eyes.loads) == (1, 0)


def test_what_costs_or_hurries_does_not_change_the_key():
    other = SETTINGS.model_copy(
        update={"timeout_s": 1.0, "concurrency": 99, "tier": "flex", "batch": "submit", "url": "http://x"}
    )
    assert made(ask(), other).key == made(ask()).key


def test_what_could_change_the_text_changes_the_key():
    base = ask("local", (0,))
    keys = [
        made(base).key,
        made(ask("local", (2,))).key,
        made(ask("long", (0,))).key,
        made(base, SETTINGS.model_copy(update={"model": "n"})).key,
        made(base, SETTINGS.model_copy(update={"detail": "low"})).key,
        made(base.model_copy(update={"attempt": 3})).key,
        made(ask("local", (0,), attempt=2, findings=(Finding(code="missing", message="Say blur."),), rejected="Bad.")).key,
    ]
    assert len(set(keys)) == len(keys)


def test_style_and_temperature_vary_with_the_item_and_not_with_the_order():
    questions = [made(ask(name=f"r{i}")) for i in range(40)]
    assert len({question.parts[0] for question in questions}) > 8
    temperatures = [question.temperature for question in questions]
    assert 0.55 <= min(temperatures) < max(temperatures) <= 0.85
    assert made(ask(name="r7")).temperature == temperatures[7]
    assert made(ask(), SETTINGS.model_copy(update={"temperature": 0.0})).temperature == 0.0


def test_a_second_ask_shows_the_rejected_text_and_the_reasons():
    findings = (Finding(code="missing", message="Say that the red area is blurred."),)
    text = made(ask(attempt=2, findings=findings, rejected="A fine picture.")).parts[0]
    assert "A fine picture." in text
    assert "- Say that the red area is blurred." in text


def test_a_users_prompt_file_replaces_the_built_in_one_and_changes_the_digest(tmp_path):
    (tmp_path / "local.j2").write_text("Nur {{ regions[0].phrase }}, bitte.")
    own = Prompts(str(tmp_path))
    assert made(ask("local", (0,)), prompts=own).parts[0] == "Nur the red area, bitte."
    assert own.digest("local", ["local"]) != Prompts().digest("local", ["local"])
    assert own.digest("global", ["global"]) == Prompts().digest("global", ["global"])


@pytest.mark.parametrize("file", ["_facts.j2", "_looks.j2", "styles_global.txt", "again.j2", "labels.j2"])
def test_every_file_that_decides_a_text_is_in_its_digest(tmp_path, file):
    (tmp_path / file).write_text((FOLDER / file).read_text() + "\nmore")
    names = prompt_names("global", labelled=True)
    assert Prompts(str(tmp_path)).digest("global", names) != Prompts().digest("global", names)


@pytest.mark.parametrize(
    ("text", "match"),
    [("{{ nothing }}", "local.j2: 'nothing' is undefined"), ("{% if", "local.j2"), ("{{ ''.__class__.__mro__ }}", "local.j2")],
)
def test_a_wrong_or_prying_prompt_file_is_refused_by_name(tmp_path, text, match):
    (tmp_path / "local.j2").write_text(text)
    with pytest.raises(UsageError, match=match):
        made(ask("local", (0,)), prompts=Prompts(str(tmp_path)))


def test_a_prompt_folder_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match=r"teacher\.prompts"):
        Prompts("/no/such/folder")


def test_every_prompt_file_renders():
    prompts = Prompts()
    for file in FOLDER.glob("*.j2"):
        facts = {"regions": [{"phrase": "the door", "where": "here", "colour": "red", "distortions": []}], "least": 1, "most": 2}
        for whole in (False, True):
            text = prompts.render(file.stem, {**facts, "style": "", "whole": whole, "rejected": "x", "findings": ["y"]})
            assert text or file.stem == "_looks"


def test_of_a_whole_picture_neither_its_rest_nor_its_colour_is_spoken_of():
    whole = whole_state("blur severe")
    for kind, targets in (("global", ()), ("local", (0,)), ("long", (0,))):
        request = TextRequest(id="1" * 32, kind=kind, picture=whole_picture((whole,)), targets=targets)
        question = made(Ask(request=request))
        (text, *others) = question.parts
        assert "the whole picture" in text
        assert "rest of the picture" not in text
        assert "outside these regions" not in text
        assert whole.colour not in text
        assert len(others) == 2  # no close-up: it would show the same


def photo() -> Photo:
    return Photo(sha256="a" * 64, name="p.png", path="/x/p.png", width=160, height=120, fingerprint="0" * 16)


def test_the_label_question_is_the_same_for_every_variant_of_a_photo():
    clean = tuple(replace_steps(state) for state in picture().regions)
    keys = {label_question(Named(photo(), regions), Pixels(), SETTINGS, Prompts()).key for regions in (clean, picture().regions)}
    assert len(keys) == 1
    assert "p.png" not in json.dumps(label_question(Named(photo(), clean), Pixels(), SETTINGS, Prompts()).stated())


def replace_steps(state: RegionState) -> RegionState:
    return state.model_copy(update={"steps": (), "strength": 0.0})


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("brick wall", "brick wall"),
        ("The Brick  Wall.", "brick wall"),
        ("blurred wall", "area"),
        ("the thing on the left", "area"),
        ("a very long phrase that goes on and on", "area"),
        ("wall (1)", "area"),
        ("", "area"),
        ("mask", "area"),
    ],
)
def test_only_plain_noun_phrases_become_labels(said, label):
    assert accepted([said], picture().regions[:1]) == (label,)


def test_labels_that_do_not_count_are_refused():
    assert accepted(["one"], picture().regions) is None


def test_phrases_are_made_anew_from_labels_and_still_single_out():
    named = relabelled(picture(), ("door", "door", "lawn"))
    phrases = [region.phrase for region in named.regions]
    assert [region.label for region in named.regions] == ["door", "door", "lawn"]
    assert len(set(phrases)) == 3
    assert phrases[2] == "the lawn"
    assert [region.steps for region in named.regions] == [region.steps for region in picture().regions]
