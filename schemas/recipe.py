"""Recipes: every setting of a build, its default, its limits and its explanation; help and docs come from here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from schemas.keys import canonical_json
from schemas.values import Severity

__all__ = [
    "AnswerableSettings",
    "LevelTable",
    "LikenessSettings",
    "PhotoSettings",
    "PlanSettings",
    "Quotas",
    "Recipe",
    "RegionSettings",
    "ScreenSettings",
    "SelectSettings",
    "SplitSettings",
    "TeacherSettings",
    "WriteSettings",
    "content_settings",
]

Share = Annotated[float, Field(ge=0, le=1)]
Change = Annotated[float, Field(ge=0, le=255)]
Ends = tuple[float, float, float]
Rows = Annotated[int | None, Field(ge=0)]


_OPERATIONAL: dict[str, JsonValue] = {"content": False}
"""marks a setting that decides cost or speed but no content: it stays out of the recipe's digest"""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LevelTable(dict[str, tuple[dict[str, JsonValue], ...]]):
    """Parameters of levels 1 to 5 by function name; compared and hashed by content, never changed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(canonical_json(self))


class WeightTable(dict[str, tuple[float, float]]):
    """Least and most weight by category; compared and hashed by content, never changed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(canonical_json(self))


class PhotoSettings(_Settings):
    """[photos]: what a photo must be and how it is brought to one form."""

    long_side: Annotated[int, Field(ge=64, description="longer photos are shrunk to this many pixels on the long side")] = 768
    min_side: Annotated[int, Field(ge=16, description="photos with a shorter side below this (pixels) are refused")] = 128
    max_megapixels: Annotated[float, Field(gt=0, description="files that declare more than this are refused unread")] = 100.0
    licence: Annotated[str, Field(description="licence written to the rows of photos that come with none of their own")] = ""


class ScreenSettings(_Settings):
    """[screen]: which photos are refused as not clean (``annotate.photos.cleanliness``); ``annotate screen`` shows them."""

    enabled: Annotated[bool, Field(description="whether photos that are not clean are refused")] = False
    max_blur: Annotated[Share, Field(description="largest blur effect of the sharpest tenth of tiles, 0 sharp to 1")] = 0.42
    max_blockiness: Annotated[
        float, Field(ge=0, description="how much steeper steps across an 8-pixel grid may be than elsewhere")
    ] = 0.25
    max_noise: Annotated[
        float, Field(ge=0, description="largest noise in the calmest tenth of tiles, standard deviation of 255")
    ] = 5.0
    max_clipping: Annotated[Share, Field(description="largest share of pixels that are black or white")] = 0.2


class SplitSettings(_Settings):
    """[split]: how photos are divided before anything else."""

    test_share: Annotated[Share, Field(description="share of photos in the test split, by hash of the file")] = 0.1
    salt: Annotated[str, Field(description="changes which photos fall into test")] = ""
    copy_distance: Annotated[
        int,
        Field(
            ge=-1, le=64, description="bits of 64 in which the hashes of copies may differ; -1: every file is a source of its own"
        ),
    ] = 10


class RegionSettings(_Settings):
    """[regions]: proposals and the policy that turns them into regions."""

    segmenter: Annotated[str, Field(description="name of a segmenter")] = "region_merging"
    options: Annotated[dict[str, str | int | float | bool], Field(description="the segmenter's own settings")] = {}
    minimum: Annotated[int, Field(ge=1, description="photos with fewer regions are refused")] = 2
    maximum: Annotated[int, Field(ge=1, le=20, description="at most this many regions are kept")] = 6
    min_area: Annotated[Share, Field(description="smallest region, share of the picture")] = 0.02
    max_area: Annotated[Share, Field(description="largest region, share of the picture")] = 0.6
    duplicate_iou: Annotated[Share, Field(description="of two masks that overlap more (IoU), the lower-scored one goes")] = 0.7
    min_left: Annotated[Share, Field(description="a mask is refused if less than this is left after subtracting better ones")] = (
        0.6
    )
    min_component: Annotated[
        Share, Field(description="a mask is refused if its largest component holds less than this of it")
    ] = 0.75
    fill_holes: Annotated[Share, Field(description="holes smaller than this share of the mask are filled")] = 0.02
    fringe: Annotated[
        Share, Field(description="parts thinner than twice this go (share of the short side): threads, strips along the edge")
    ] = 0.006
    min_thickness: Annotated[Share, Field(description="radius of the largest inscribed circle, share of the short side")] = 0.03
    min_contrast: Annotated[
        float,
        Field(ge=0, description="least difference of mean colour (CIE76) from the ring around it; clear texture passes too"),
    ] = 2.3
    background: Annotated[bool, Field(description="whether the largest piece that no proposal covers may become a region")] = True
    diversity: Annotated[
        Share, Field(description="how much less a mask counts for each better one with the same position words")
    ] = 0.15
    min_click_iou: Annotated[
        Share, Field(description="least IoU of the mask that a click gives, where the segmenter takes clicks; 0: any")
    ] = 0.0
    store: Annotated[
        str,
        Field(description="SQLite file where masks are kept for other runs; empty: none", json_schema_extra=_OPERATIONAL),
    ] = ""


class PlanSettings(_Settings):
    """[plan]: which distortions are drawn."""

    functions: Annotated[str | tuple[str, ...], Field(description="a taxonomy's name or a list of function names")] = "dq495k"
    levels: Annotated[
        dict[str, tuple[dict[str, JsonValue], ...]],
        AfterValidator(LevelTable),
        Field(description="other numbers than the taxonomy's: five tables of parameters by function, weakest first"),
    ] = LevelTable()
    variants: Annotated[int, Field(ge=1, description="pictures made from one photo")] = 4
    clean_share: Annotated[Share, Field(description="share of regions left clean")] = 0.2
    pair_share: Annotated[Share, Field(description="share of distorted regions that get two steps")] = 0.4
    sid_share: Annotated[Share, Field(description="share of pictures planned around one distortion at several strengths")] = 0.3
    dao_share: Annotated[Share, Field(description="share of pictures planned around an order of two distortions")] = 0.3
    whole_share: Annotated[
        Share, Field(description="share of pictures distorted all over, as one region, as far as the two above leave room")
    ] = 0.05
    orders: Annotated[
        Literal["measured", "paper", "all"] | tuple[tuple[str, str], ...],
        Field(description="ordered pairs of categories that questions on the order are planned on: a preset or a list"),
    ] = "measured"
    feather: Annotated[
        int, Field(ge=0, le=32, description="soft border of a region in pixels; 0 keeps the outside untouched bit for bit")
    ] = 0

    @model_validator(mode="after")
    def _shares_fit(self) -> PlanSettings:
        if self.sid_share + self.dao_share > 1:
            raise ValueError("sid_share + dao_share must not exceed 1")
        return self


class LikenessSettings(_Settings):
    """[answerable.likeness]: what a finished region must look like for a step to be called by its name there.

    Lightness is CIE L*, 0 to 100, spread its standard deviation, chroma that of a* and b*, detail the mean difference of luma
    from its surroundings (0 to 255); three numbers are for mild, moderate and severe steps.
    """

    dark: Annotated[float, Field(ge=0, description="mean lightness below which detail, grain, blocks and edges are not seen")] = (
        12.0
    )
    clipped: Annotated[Share, Field(description="share of black and white pixels above which they are not seen either")] = 0.4
    darken_from: Annotated[float, Field(ge=0, description="least lightness of what can be darkened")] = 20.0
    darken_to: Annotated[Ends, Field(description="most lightness of what looks darkened")] = (65.0, 52.0, 52.0)
    darken_left: Annotated[Ends, Field(description="least share of the photo's lightness that a darkening may leave")] = (
        0.55,
        0.12,
        0.0,
    )
    brighten_from: Annotated[float, Field(ge=0, description="most lightness of what can be brightened")] = 78.0
    brighten_to: Annotated[Ends, Field(description="least lightness of what looks brightened")] = (45.0, 50.0, 55.0)
    light_shift: Annotated[
        float, Field(ge=0, description="least shift of lightness by brightening or darkening, against the photo and by the step")
    ] = 12.0
    contrast_gain: Annotated[float, Field(ge=1, description="least factor of spread by contrast strengthening")] = 1.3
    contrast_high: Annotated[float, Field(ge=0, description="least spread of what looks strong in contrast")] = 13.0
    contrast_lead: Annotated[
        float, Field(ge=0, description="least gain of spread per shift of lightness: less reads as brightening or darkening")
    ] = 0.7
    contrast_from: Annotated[float, Field(ge=0, description="least spread of what can lose contrast")] = 7.0
    contrast_left: Annotated[Share, Field(description="most of the spread that contrast weakening may leave")] = 0.7
    contrast_to: Annotated[float, Field(ge=0, description="most spread of what looks weak in contrast")] = 11.0
    shadow: Annotated[float, Field(ge=0, description="least lightness of what can lose or gain colour")] = 20.0
    weaken_from: Annotated[float, Field(ge=0, description="least chroma of what can lose colour")] = 18.0
    weaken_left: Annotated[Share, Field(description="most of the chroma that saturation weakening may leave")] = 0.6
    weaken_to: Annotated[float, Field(ge=0, description="most chroma of what looks desaturated")] = 18.0
    strengthen_from: Annotated[float, Field(ge=0, description="least chroma of what can gain colour")] = 12.0
    strengthen_gain: Annotated[float, Field(ge=1, description="least factor of chroma by saturation strengthening")] = 1.35
    strengthen_rise: Annotated[Ends, Field(description="least rise of chroma by it, against the photo and by the step")] = (
        10.0,
        10.0,
        20.0,
    )
    strengthen_to: Annotated[float, Field(ge=0, description="least chroma of what looks oversaturated")] = 28.0
    strengthen_mild: Annotated[Change, Field(description="most change, 0 to 255, of a mild saturation strengthening")] = 28.0
    strengthen_most: Annotated[float, Field(ge=0, description="most rise of chroma by a mild saturation strengthening")] = 20.0
    blur_from: Annotated[float, Field(ge=0, description="least detail of what can be blurred")] = 3.5
    blur_left: Annotated[Share, Field(description="most of the detail that a blur may leave")] = 0.7
    grain_gain: Annotated[float, Field(ge=1, description="least factor of detail by noise, unless its change is plain")] = 1.15
    grain_change: Annotated[float, Field(ge=0, description="change of noise that is plain, in units of detail")] = 1.5
    blocks_left: Annotated[
        Share, Field(description="most of the detail that compression may leave, unless its change is plain")
    ] = 0.7
    blocks_least: Annotated[Ends, Field(description="least share of the detail that compression may leave; less is worse")] = (
        0.3,
        0.2,
        0.0,
    )
    blocks_mild: Annotated[Change, Field(description="most change, 0 to 255, of a mild compression")] = 13.0
    blocks_change: Annotated[float, Field(ge=0, description="change of compression that is plain, in units of detail")] = 1.3
    mosaic_from: Annotated[float, Field(ge=0, description="least detail of what can be pixelated")] = 4.5
    halo_from: Annotated[float, Field(ge=0, description="least detail of what can be oversharpened")] = 3.5
    halo_gain: Annotated[float, Field(ge=1, description="least factor of detail by oversharpening")] = 1.8
    bands_shift: Annotated[
        float, Field(ge=0, description="most shift of lightness by quantization: more reads as brightening or darkening")
    ] = 14.0
    bands_gain: Annotated[
        float, Field(ge=0, description="least factor of detail by quantization, its steps, unless it is plain")
    ] = 1.1
    bands_detail: Annotated[
        float, Field(ge=0, description="most detail beside which steps of tone are seen, unless they are plain")
    ] = 10.0
    bands_plain: Annotated[float, Field(ge=0, description="change of quantization that is plain, in units of detail")] = 3.0
    bands_change: Annotated[float, Field(ge=0, description="least change of quantization in units of detail, which hides it")] = (
        1.4
    )
    bands_spread: Annotated[float, Field(ge=0, description="least spread of a region with visible steps of tone")] = 4.0


class AnswerableSettings(_Settings):
    """[answerable]: what must be measured in the pixels before a question is asked."""

    min_strength: Annotated[
        Share, Field(description="least strength of a step in its region, 0 to 1, unless its change is plain")
    ] = 0.2
    plain_change: Annotated[Change, Field(description="change of a region, 0 to 255, that is seen whatever its strength")] = 32.0
    min_change: Annotated[
        tuple[Change, Change, Change],
        Field(description="least change, 0 to 255, of a step called mild, moderate, severe, whatever its strength"),
    ] = (8.0, 10.0, 12.0)
    texture_change: Annotated[
        float, Field(ge=0, description="least change of compression and noise in units of the region's texture, which hides them")
    ] = 0.9
    blur_change: Annotated[Change, Field(description="least change of a blur, 0 to 255: what is soft already hides less")] = 10.0
    contrast_strength: Annotated[
        Share, Field(description="least strength of a step in contrast, however plain its change: weaker ones look natural")
    ] = 0.35
    saturation_change: Annotated[
        Change, Field(description="least change of a step in saturation, 0 to 255: what is grey hides less")
    ] = 10.0
    mosaic_strength: Annotated[Share, Field(description="least strength of pixelation, however plain its change")] = 0.32
    beside_strength: Annotated[
        Share, Field(description="least strength of a step whose region also has noise, quantization or pixelation")
    ] = 0.3
    hyd_margin_levels: Annotated[int, Field(ge=1, description="lead of a HyD winner in the sum of levels")] = 1
    hyd_margin_strength: Annotated[
        Share, Field(description="lead of a HyD winner in measured strength, whatever weight of its range each category is given")
    ] = 0.06
    hyd_margin_area: Annotated[
        Share,
        Field(description="further lead for each doubling of the area by which a region other than the winner is seen first"),
    ] = 0.015
    hyd_weights: Annotated[
        dict[str, tuple[float, float]],
        AfterValidator(WeightTable),
        Field(description="least and most weight that people give to the strength of a category; 'other': of all not named"),
    ] = WeightTable(
        other=(0.9, 1.0),
        oversharpen=(0.75, 1.0),
        quantization=(0.8, 1.0),
        contrast_strengthen=(0.7, 0.95),
        contrast_weaken=(0.6, 0.8),
        brighten=(0.6, 0.8),
        darken=(0.6, 0.8),
        saturate_strengthen=(0.6, 0.85),
        saturate_weaken=(0.4, 0.7),
    )
    hyd_least_strength: Annotated[
        Share, Field(description="least strength of the least degraded region among the distorted ones")
    ] = 0.18
    hyd_clean_competes: Annotated[bool, Field(description="whether a clean region can be the least degraded one")] = False
    sid_margin_strength: Annotated[Share, Field(description="lead of a SiD winner in measured strength")] = 0.1
    sid_margin_change: Annotated[
        float, Field(ge=1, description="least factor between the change of a SiD winner and that of the next region")
    ] = 1.15
    alike_margin: Annotated[
        Share, Field(description="lead in strength over what may be taken for the distortion a question names (SiD, DAO)")
    ] = 0.1
    dao_gap: Annotated[Share, Field(description="least strength of the difference between the two orders in the region")] = 0.2
    dao_rival_gap: Annotated[
        Share, Field(description="least such difference where another region has the same distortions the other way round")
    ] = 0.4
    words_share: Annotated[Share, Field(description="least share of a grounding target in the quadrant its words name")] = 0.6
    words_margin: Annotated[
        Share, Field(description="least distance of a grounding target's box centre from the middle lines, share of a side")
    ] = 0.05
    words_iou: Annotated[
        Share, Field(description="least IoU of the mask a promptable segmenter gives for a target's words; 0 asks nothing")
    ] = 0.0
    redraws: Annotated[
        int, Field(ge=0, description="times a step that is unseen, unlike its name or whose word would lie is drawn again")
    ] = 5
    mild: Annotated[tuple[Share, Share], Field(description="strengths that 'mild' may stand for, least and most")] = (0.0, 0.5)
    moderate: Annotated[tuple[Share, Share], Field(description="strengths that 'moderate' may stand for")] = (0.3, 0.78)
    severe: Annotated[tuple[Share, Share], Field(description="strengths that 'severe' may stand for")] = (0.55, 1.0)
    mild_change: Annotated[
        tuple[Change, Change],
        Field(
            description="changes, 0 to 255, that 'mild' may stand for; a step reaches it by either, and may pass it by neither"
        ),
    ] = (0.0, 45.0)
    moderate_change: Annotated[tuple[Change, Change], Field(description="changes that 'moderate' may stand for")] = (45.0, 80.0)
    severe_change: Annotated[tuple[Change, Change], Field(description="changes that 'severe' may stand for")] = (65.0, 255.0)
    likeness: Annotated[LikenessSettings, Field(description="what a step must look like")] = LikenessSettings()

    def seen(self, strength: float, change: float) -> bool:
        """Whether a step of this strength (0 to 1) and change (0 to 255) can be seen."""
        return change >= min(self.min_change) and (strength >= self.min_strength or change >= self.plain_change)

    def misfit(self, word: Severity, strength: float, change: float) -> Literal[-1, 0, 1]:
        """Whether a step is weaker (-1) or stronger (1) than its severity word may stand for, or neither (0).

        It is as strong as the word says if its strength or its change reaches the word's least; it is too strong if either passes
        the word's most. Below the word's least change no strength helps: the measure exaggerates what happens to bare areas.
        """
        bands = {
            "mild": (self.mild, self.mild_change),
            "moderate": (self.moderate, self.moderate_change),
            "severe": (self.severe, self.severe_change),
        }
        (weakest, strongest), (least, most) = bands[word]
        if strength > strongest or change > most:
            return 1
        enough = change >= self.min_change[tuple(bands).index(word)] and (strength >= weakest or change >= least)
        return 0 if enough else -1


class Quotas(_Settings):
    """How many rows of each kind; a kind without a number takes every question that passes."""

    global_description: Annotated[Rows, Field(description="prose about the whole picture")] = None
    local_description: Annotated[Rows, Field(description="prose about one region")] = None
    hyd: Annotated[Rows, Field(description="grounding: the most or least degraded region")] = None
    sid: Annotated[Rows, Field(description="grounding: the region where one distortion is strongest or weakest")] = None
    dao: Annotated[Rows, Field(description="grounding: the region with distortions in a given order")] = None
    short: Annotated[Rows, Field(description="referring: the distortions of a region, computed")] = None
    long: Annotated[Rows, Field(description="referring: the distortions of a region and their effects")] = None


class SelectSettings(_Settings):
    """[select]: quotas for each split and the most rows one picture may give to each kind."""

    train: Quotas = Quotas()
    test: Quotas = Quotas()
    per_picture: Annotated[Quotas, Field(description="most rows of one kind from one picture")] = Quotas(
        global_description=1, local_description=2, hyd=1, sid=1, dao=1, short=1, long=1
    )
    allow_shortfall: Annotated[bool, Field(description="finish with fewer rows where the photos cannot fill a quota")] = False


class TeacherSettings(_Settings):
    """[teacher]: who writes the prose. Fields marked ``content: False`` change cost or speed, never a word of the dataset."""

    name: Annotated[str, Field(description="grammar (embedded) or openai (any compatible endpoint)")] = "grammar"
    url: Annotated[str, Field(description="base URL of an OpenAI-compatible endpoint", json_schema_extra=_OPERATIONAL)] = ""
    model: Annotated[str, Field(description="model name, required with openai")] = ""
    key_variable: Annotated[
        str, Field(description="environment variable that holds the key; never the key itself", json_schema_extra=_OPERATIONAL)
    ] = "OPENAI_API_KEY"
    temperature: Annotated[
        float, Field(ge=0, le=2, description="middle of the sampling temperature; each item is varied a little around it")
    ] = 0.7
    max_tokens: Annotated[int, Field(ge=16, description="most tokens of one answer")] = 600
    prompts: Annotated[
        str, Field(description="folder with changed prompt files (*.j2); those it lacks are the built-in ones")
    ] = ""
    refine_labels: Annotated[
        bool, Field(description="ask the teacher for better region labels before it describes (one request a photo)")
    ] = True
    detail: Annotated[Literal["high", "low", "auto"], Field(description="image detail asked of the endpoint")] = "high"
    attempts: Annotated[int, Field(ge=1, description="answers asked for before a text is given up")] = 3
    on_reject: Annotated[Literal["grammar", "quarantine"], Field(description="what follows when every attempt was rejected")] = (
        "grammar"
    )
    timeout_s: Annotated[float, Field(gt=0, description="seconds to wait for one answer", json_schema_extra=_OPERATIONAL)] = 120.0
    patience_s: Annotated[
        float, Field(gt=0, description="seconds that a rate limit may last before the run stops", json_schema_extra=_OPERATIONAL)
    ] = 1800.0
    concurrency: Annotated[int, Field(ge=1, description="most requests in flight at once", json_schema_extra=_OPERATIONAL)] = 8
    store: Annotated[
        str,
        Field(
            description="answer store file shared between runs; empty: one in the run's folder", json_schema_extra=_OPERATIONAL
        ),
    ] = ""
    tier: Annotated[
        str, Field(description="service tier to ask for, for example flex; empty: the default", json_schema_extra=_OPERATIONAL)
    ] = ""
    batch: Annotated[
        Literal["no", "submit", "write"],
        Field(
            description="submit: by the endpoint's batch API; write: only write the batch files", json_schema_extra=_OPERATIONAL
        ),
    ] = "no"
    budget_usd: Annotated[
        float | None,
        Field(ge=0, description="spending cap of the run in US dollars; none if not given", json_schema_extra=_OPERATIONAL),
    ] = None
    canary: Annotated[
        int,
        Field(
            ge=0,
            description="first requests of each kind whose cost is compared with the estimate; 0 to go on regardless",
            json_schema_extra=_OPERATIONAL,
        ),
    ] = 10
    prices: Annotated[
        str, Field(description="price file (TOML) that adds to the built-in one", json_schema_extra=_OPERATIONAL)
    ] = ""


class WriteSettings(_Settings):
    """[write]: the shards."""

    shard_megabytes: Annotated[float, Field(gt=0, description="pictures in one shard, megabytes before dictionary encoding")] = (
        256.0
    )
    row_group_megabytes: Annotated[float, Field(gt=0, description="distinct pictures in one row group, megabytes")] = 48.0


class Recipe(_Settings):
    """All settings of a build."""

    name: Annotated[str, Field(description="written to every row; the file's name unless given")] = "demo"
    seed: Annotated[int, Field(ge=0, description="keys every random draw")] = 0
    photos: PhotoSettings = PhotoSettings()
    screen: ScreenSettings = ScreenSettings()
    split: SplitSettings = SplitSettings()
    regions: RegionSettings = RegionSettings()
    plan: PlanSettings = PlanSettings()
    answerable: AnswerableSettings = AnswerableSettings()
    select: SelectSettings = SelectSettings()
    teacher: TeacherSettings = TeacherSettings()
    write: WriteSettings = WriteSettings()


def content_settings(recipe: Recipe) -> dict[str, JsonValue]:
    """The settings that decide the content of a dataset, as JSON values: what a recipe's digest is made of.

    Fields whose ``json_schema_extra`` says ``content: False`` (timeouts, concurrency, key variable, tier, budget) are left out.
    """
    return _content(recipe)


def _content(settings: BaseModel) -> dict[str, JsonValue]:
    kept: dict[str, JsonValue] = {}
    plain = settings.model_dump(mode="json")
    for name, field in type(settings).model_fields.items():
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("content") is False:
            continue
        value = getattr(settings, name)
        kept[name] = _content(value) if isinstance(value, BaseModel) else plain[name]
    return kept
