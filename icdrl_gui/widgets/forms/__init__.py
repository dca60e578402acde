"""Editing a config: a form made from its classes, and an editor for each type of value."""
