"""Images: one by one, or many in a grid with labels and values."""
