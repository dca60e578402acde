"""Files from anywhere and for anyone: read only where that is safe, written whole or not at all."""
