"""Scores of a representation: arrays in, numbers out.

A metric is a function (factors (N, F), codes (N, D), ...) -> `Score`, or `Sliced` if it takes long;
`METRICS` is the list of them. Options that are not named there have the defaults of the
implementation behind the paper's table, that of Carbonneau et al., Measuring Disentanglement: A
Review of Metrics, 2022.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.metrics.active_codes import active_codes
from core.metrics.catalogue import TITLES, parts_of
from core.metrics.dci import dci
from core.metrics.errors import MetricError
from core.metrics.explicitness import explicitness
from core.metrics.factor_vae import factor_vae_score
from core.metrics.infomec import infomec
from core.metrics.jemmig import jemmig
from core.metrics.mig import mutual_information_gap
from core.metrics.modularity import modularity
from core.metrics.sap import separated_attribute_predictability as sap
from core.metrics.score import Score
from core.metrics.total_correlation import total_correlation, total_correlation_knn
from core.metrics.z_diff import z_diff

__all__ = ["METRICS", "Metric", "MetricError", "Score"]


@dataclass(frozen=True)
class Metric:
    """A metric as lists and tables know it.

    Attributes:
        title: for people.
        compute: (factors, codes) -> Score.
        needs_factors: whether it looks at the factors; if not, they may be None.
        parts: those parts of its score that are numbers with a column of their own.
        default: whether it is computed when nobody asks for certain ones.
        live: whether it is cheap enough to be computed while a run trains.
        binned: whether it takes the fields of a `Binning` as options.
    """

    title: str
    compute: Callable[..., Score]
    needs_factors: bool = True
    parts: tuple[str, ...] = ()
    default: bool = True
    live: bool = False
    binned: bool = False


def _usual(
    name: str, compute: Callable[..., Score], live: bool = False, binned: bool = False
) -> Metric:
    about = TITLES[name]
    parts = parts_of(name)
    return Metric(about.title, compute, about.needs_factors, parts, live=live, binned=binned)


METRICS: dict[str, Metric] = {
    "exp": _usual("exp", explicitness, live=True, binned=True),
    "jemmig": _usual("jemmig", jemmig, live=True, binned=True),
    "mod": _usual("mod", modularity, live=True, binned=True),
    "sap": _usual("sap", sap, live=True, binned=True),
    "z_diff": _usual("z_diff", z_diff, binned=True),
    "factor_vae": _usual("factor_vae", factor_vae_score, live=True, binned=True),
    "mig": _usual("mig", mutual_information_gap, live=True, binned=True),
    "dci": _usual("dci", dci),
    "infomec": _usual("infomec", infomec),
    "total_correlation": _usual("total_correlation", total_correlation, live=True),
    "total_correlation_knn": _usual("total_correlation_knn", total_correlation_knn, live=True),
    "active_codes": _usual("active_codes", active_codes, live=True),
    # Other published forms of the above, computed on demand.
    "exp_separate": Metric(
        "EXP, separate",
        partial(explicitness, probabilities="separate"),
        default=False,
        binned=True,
    ),
    "sap_classification": Metric(
        "SAP, classification", partial(sap, by="classification"), default=False, binned=True
    ),
    "mig_over_code": Metric(
        "MIG over H(code)",
        partial(mutual_information_gap, over="code"),
        default=False,
        binned=True,
    ),
    "dci_forest": Metric(
        "DCI, forest", partial(dci, regression="forest"), parts=parts_of("dci"), default=False
    ),
}
