"""`ExplorerLink`: how models ask the explorer, whatever stands behind it."""

from collections.abc import Callable
from typing import Protocol

from core.protocol import Answer, Request


class ExplorerLink(Protocol):
    """Asks; in each slot the newest request wins.

    One that is overtaken while the explorer works on it is still answered if the newer one is of
    the same kind about the same run, so that a picture follows a slider that does not rest.
    """

    def ask(self, slot: str, request: Request, receive: Callable[[Answer], None]) -> None:
        """Send a request (its id is set on the way); `receive` gets the answer on the GUI thread.

        slot: what the answer is for, such as "explore"; a newer request replaces one that waits.
        """

    def cancel(self, slot: str) -> None:
        """Give up what is asked in this slot."""
