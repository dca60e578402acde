"""Data sets: found by name or path, checked, brought to one shape, and drawn from in batches."""
