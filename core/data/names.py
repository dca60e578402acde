"""What the data sets of the catalogue are called, for those who open none of them."""

from pathlib import Path

from core.config import RunConfig, changed

DSPRITES = "dsprites"
DSPRITES_SMALL = "dsprites-small"
MNIST = "mnist"
FASHION_MNIST = "fashion-mnist"

NAMES = (DSPRITES, DSPRITES_SMALL, MNIST, FASHION_MNIST)


def findable_anywhere(config: RunConfig) -> RunConfig:
    """The config with an absolute path to its data, so that a run can be resumed from any folder.

    Data of the catalogue has none; neither has what cannot be a path.
    """
    if config.data.source in NAMES:
        return config
    try:
        path = Path(config.data.source).expanduser().absolute()
    except RuntimeError:  # The home of a user that does not exist: told when it is opened.
        return config
    return changed(config, {"data.source": str(path)})
