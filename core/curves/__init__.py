"""What a run reported over its steps, and how it is drawn; no torch, no Qt."""
