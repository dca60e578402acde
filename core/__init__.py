"""Training, data, methods and metrics of the latent explorer; knows no Qt."""
