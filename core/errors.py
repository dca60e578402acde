"""The base of every error that a person is meant to read."""


class IcdrlError(Exception):
    """Expected trouble; its message says what was wrong, where, and what to do.

    Each room derives one class of its own (`DataError`, `ConfigError`, ...). The command line and
    the app show the message alone; any other exception is a defect and keeps its traceback.
    """
