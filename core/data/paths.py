"""Which reader opens which file."""

from pathlib import Path

from core.data.array_stream import npz_names
from core.data.arrays import open_npy, open_npz
from core.data.errors import DataError
from core.data.idx import open_idx
from core.data.official_dsprites import NPZ_ARRAYS, open_official_hdf5, open_official_npz
from core.data.progress import Progress
from core.data.raw import RawDataset
from core.files.plain import require_plain_file


def open_path(path: Path, progress: Progress | None = None) -> RawDataset:
    """Open a file of images by the ending of its name.

    progress: told (images done, images in all) where a large file is first brought into the
    cache. Raises DataError where the file is damaged, of an unknown kind, or no file.
    """
    try:
        require_plain_file(path)
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}.") from None
    name = path.name.lower()
    if name.endswith(".npz"):
        if npz_names(path) >= NPZ_ARRAYS:
            return open_official_npz(path, progress)
        return open_npz(path)
    if name.endswith(".npy"):
        return open_npy(path)
    if name.endswith((".hdf5", ".h5")):
        return open_official_hdf5(path, progress)
    if name.endswith((".gz", "ubyte", ".idx")):
        return open_idx(path)
    raise DataError(
        f"{path} is of an unknown kind; give an .npz, .npy, .hdf5 or IDX file, "
        "or a folder of images."
    )
