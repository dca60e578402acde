"""Loss functions: pure, each with its paper."""
