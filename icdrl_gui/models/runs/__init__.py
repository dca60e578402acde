"""Runs: the list of them, those that wait, what each reported, and the one looked at."""
