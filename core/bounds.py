"""How much may be asked for, by a config, a recipe, a request or a table from anywhere.

What is within these bounds needs no defence further in: no memory and no number field overflows.
"""

LARGEST_NUMBER = 10**9
"""Of a step, an index of an image, and the seed of what is drawn; number fields hold 32 bits."""

LARGEST_VALUE = 1e30
"""Of an entry of a latent, whose squares then still fit into a float64."""

LONGEST_NAME = 255
LONGEST_PATH = 4096

MOST_NOISE = 512
MOST_CONTINUOUS = 64
MOST_CATEGORICAL = 16
MOST_CATEGORIES = 100

MOST_CODES = MOST_CONTINUOUS + MOST_CATEGORICAL
LONGEST_LATENT = MOST_NOISE + MOST_CONTINUOUS + MOST_CATEGORICAL * MOST_CATEGORIES

MOST_COLUMNS = 101
"""Of a traversal; a categorical code has a column for each category."""

MOST_IMAGES = 1000
"""Drawn or reconstructed at once."""

MOST_RUNS = 1000
MOST_SCALARS = 256
"""Shown or named at once."""

_LONGEST_QUOTED = 300


def shortened(text: str) -> str:
    """The text, or its beginning where it is too long to be quoted in a sentence."""
    return text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]} …"
