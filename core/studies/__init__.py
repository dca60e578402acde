"""Studies: arms times seeds, trained where there are slots, and what came out of them."""
