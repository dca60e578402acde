"""`icdrl-gui`: the desktop app."""

import sys


def main() -> int:
    """Say where the app stands."""
    print(
        "The window is not part of this version yet; `icdrl --help` lists what there is.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
