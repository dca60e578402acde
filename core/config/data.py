"""Which images a run trains on, and how they are brought to one size."""

from typing import Literal

from pydantic import Field

from core.bounds import LONGEST_PATH
from core.config.base import ConfigModel

ImageSize = Literal[28, 32, 64]
Channels = Literal[1, 3]
Fit = Literal["crop", "pad", "stretch"]


class DataConfig(ConfigModel):
    """A data set of the catalogue or a path, and the shape in which it is trained on."""

    source: str = Field(
        "dsprites",
        min_length=1,
        max_length=LONGEST_PATH,
        description="Name from the catalogue (`icdrl data list`) or a path: .npz, .npy, .hdf5, "
        "IDX file, or a folder of images.",
    )
    image_size: ImageSize = Field(64, description="Side of the square training images, in pixels.")
    channels: Channels = Field(1, description="1 for grey, 3 for RGB.")
    fit: Fit = Field(
        "crop",
        description="How an image that is not square becomes square: cut the middle out, pad with "
        "black, or stretch.",
    )
