"""`icdrl-gui`: the desktop app."""

# Nothing else before Ctrl-C is taken care of: what is imported here can be interrupted.
import os
import signal
import sys


def main() -> int:
    """Start the app, or, in a bundle, the child process that was asked for."""
    # At once, for an import cannot be undone; until the app has a window there is nothing to save.
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(128 + number))

    import multiprocessing

    multiprocessing.freeze_support()

    from icdrl_gui import app

    return app.main()


if __name__ == "__main__":
    sys.exit(main())
