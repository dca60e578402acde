"""Fitting with scikit-learn: on one thread, and without its warnings."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_fit() -> Iterator[None]:
    """Inside, linear algebra takes one thread, and neither early stops nor small classes warn.

    The matrices are a few columns wide. More threads gain nothing there, and beside a training,
    which has all cores, they wait for each other: a fit takes fifty times as long.
    """
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        yield
