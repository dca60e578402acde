"""`icdrl-gui`: the desktop app."""

import multiprocessing
import sys


def main() -> int:
    """Start the app, or, in a bundle, the child process that was asked for."""
    multiprocessing.freeze_support()

    from icdrl_gui import app

    return app.main()


if __name__ == "__main__":
    sys.exit(main())
