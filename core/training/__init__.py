"""Training a run: the loop, how it is launched, and what it watches and scores on its way."""
