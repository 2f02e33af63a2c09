"""Published opinions by type and level, as means over sources.

KADID-10k: 25 types x 5 levels, 81 sources, 1 very annoying to 5 as good as the reference. TID2013: 24 types x 5 levels,
25 sources, 0 to 9. Both computed from chaofengc/IQA-PyTorch, pyiqa/data/meta_info (commit 81e0697).
"""

KADID = {
    "gaussian_blur": (4.61, 4.38, 2.91, 1.87, 1.30),
    "lens_blur": (3.86, 2.65, 1.76, 1.44, 1.30),
    "motion_blur": (4.60, 4.10, 2.85, 2.18, 1.67),
    "colour_diffusion": (4.50, 2.60, 1.76, 1.61, 1.39),
    "colour_shift": (4.23, 2.55, 1.92, 1.85, 1.86),
    "colour_quantization": (4.11, 3.97, 3.72, 3.20, 2.42),
    "colour_saturation_1": (2.75, 2.33, 2.26, 2.24, 2.03),
    "colour_saturation_2": (4.58, 3.33, 2.65, 1.82, 1.52),
    "jpeg_2000": (4.55, 4.20, 3.87, 2.44, 1.39),
    "jpeg": (4.34, 4.25, 3.87, 1.95, 1.35),
    "white_noise": (3.89, 3.39, 3.05, 2.71, 2.30),
    "white_noise_colour": (4.47, 3.68, 3.17, 2.69, 2.38),
    "impulse_noise": (3.58, 2.93, 2.61, 2.31, 2.13),
    "multiplicative_noise": (4.40, 3.58, 3.08, 2.64, 2.12),
    "denoise": (3.67, 2.73, 2.20, 1.65, 1.47),
    "brighten": (4.51, 4.29, 3.63, 2.70, 1.81),
    "darken": (4.60, 4.53, 4.23, 3.53, 2.22),
    "mean_shift": (4.22, 4.52, 4.60, 4.37, 3.90),
    "jitter": (4.42, 4.09, 3.24, 1.85, 1.34),
    "non_eccentricity_patch": (4.33, 3.94, 3.77, 3.46, 3.26),
    "pixelate": (3.89, 3.10, 2.90, 2.79, 1.50),
    "quantization": (4.17, 3.93, 3.69, 3.37, 2.80),
    "colour_block": (2.69, 2.36, 2.30, 2.13, 2.04),
    "high_sharpen": (3.58, 2.64, 2.14, 1.61, 1.34),
    "contrast_change": (3.42, 3.86, 4.29, 4.14, 3.32),
}

# Types of TID2013 whose levels are set by the peak signal-to-noise ratio, so that they can be made again: dB of levels 1 to 5.
TID_DECIBELS = (33, 30, 27, 24, 21)
TID = {
    "white noise": (5.67, 5.23, 4.85, 4.25, 3.77),
    "impulse noise": (4.72, 4.36, 3.99, 3.64, 3.21),
    "quantization": (5.25, 4.69, 4.11, 3.47, 2.83),
    "gaussian blur": (5.66, 5.03, 4.16, 3.32, 2.46),
    "JPEG": (5.94, 5.70, 4.92, 3.31, 2.08),
    "JPEG 2000": (5.65, 5.03, 3.92, 2.80, 1.28),
    "multiplicative noise": (5.53, 5.14, 4.70, 4.13, 3.68),
}
