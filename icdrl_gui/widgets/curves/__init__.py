"""Plots of losses and scores: one grid of them, with a cursor, a legend and controls."""
