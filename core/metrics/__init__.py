"""Scores of a representation: arrays in, numbers out."""
