"""Pictures of a run: traversals, samples and reconstructions, and files to encode."""
