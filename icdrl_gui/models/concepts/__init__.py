"""The complex level of the shown run: its concepts, moving along them, and tagging."""
