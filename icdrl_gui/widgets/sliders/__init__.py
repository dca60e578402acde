"""Moving about in a latent and along a run's steps: sliders, and buttons for categories."""
