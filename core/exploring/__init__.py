"""Exploring what a run has learnt: its snapshots, traversals, encodings and pictures."""
