"""The desktop app; never imports torch."""
