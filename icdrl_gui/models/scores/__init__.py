"""Scores: those of the runs, their table and plots, and what the codes say of the factors."""
