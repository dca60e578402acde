"""QObjects without widgets: what the app knows, and how it changes."""
