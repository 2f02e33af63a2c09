"""Settings of the segmenters of the SAM family."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["MaskOptions", "SamOptions"]

Share = Annotated[float, Field(ge=0, le=1)]


class MaskOptions(BaseModel):
    """[regions.options] that every segmenter of the SAM family has; the paper's values where it names one."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    checkpoint: Annotated[str, Field(description="file of weights, or the name of a fetched one (annotate segmenter list)")] = ""
    device: Annotated[
        str,
        Field(
            pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$", description="auto, cpu, mps, cuda or cuda:1; auto takes the best there is"
        ),
    ] = "auto"
    dtype: Annotated[
        Literal["float32", "bfloat16", "float16"],
        Field(description="of the encoder and the decoder's image side; float32 is exact"),
    ] = "float32"
    points_per_side: Annotated[int, Field(ge=1, le=256, description="side of the grid of points")] = 32
    points_per_batch: Annotated[int, Field(ge=0, description="points decoded at once; 0 chooses by device and memory")] = 0
    pred_iou_thresh: Annotated[Share, Field(description="masks with a predicted IoU not above this are dropped; 0 keeps all")] = (
        0.86
    )
    stability_score_thresh: Annotated[Share, Field(description="masks less stable than this are dropped; 0 keeps all")] = 0.92
    stability_score_offset: Annotated[
        float, Field(ge=0, description="shift of the cut-off that measures stability, in logits")
    ] = 1.0
    box_nms_thresh: Annotated[Share, Field(description="of two masks whose boxes overlap more, the lower-scored one goes")] = 0.7
    crop_n_layers: Annotated[int, Field(ge=0, le=4, description="layers of crops searched too; layer n has 4**n crops")] = 0
    crop_nms_thresh: Annotated[Share, Field(description="the same as box_nms_thresh, between crops")] = 0.7
    crop_overlap_ratio: Annotated[Share, Field(description="overlap of crops in the first layer, share of the short side")] = (
        512 / 1500
    )
    crop_n_points_downscale_factor: Annotated[
        int, Field(ge=1, description="the grid's side is divided by this with each layer")
    ] = 1
    min_mask_region_area: Annotated[int, Field(ge=0, description="holes and islands below this many pixels go; 0 keeps them")] = (
        100
    )


class SamOptions(MaskOptions):
    """[regions.options] of the segmenter sam."""

    model_type: Annotated[
        Literal["auto", "vit_h", "vit_l", "vit_b"], Field(description="what the checkpoint must hold; auto takes what it holds")
    ] = "auto"
