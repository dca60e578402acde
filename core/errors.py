"""The base of every error that a person is meant to read."""


def printable(text: str) -> str:
    """`text` with what no file or screen can take, bytes of names that are not UTF-8, spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()


class IcdrlError(Exception):
    """Expected trouble; its message says what was wrong, where, and what to do.

    Each room derives one class of its own (`DataError`, `ConfigError`, ...). The command line and
    the app show the message alone; any other exception is a defect and keeps its traceback.
    """

    def __str__(self) -> str:
        return printable(super().__str__())
