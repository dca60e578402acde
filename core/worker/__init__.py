"""The app's two children, trainer and explorer: `client` is their parent's handle."""
