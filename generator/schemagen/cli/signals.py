"""Signals that ask a program to end, as CI, `timeout` and containers send them: what is begun is undone first."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDING = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
"""Windows has no SIGHUP."""


class Ended(KeyboardInterrupt):
    """Raised where the program is when a signal asks it to end."""


@contextmanager
def ending_signals() -> Iterator[list[int]]:
    """Raise ``Ended`` for a signal that would end the program at once; one that is ignored (`nohup`) stays ignored.

    Returns:
        The numbers of the signals that came. Only the first one raises: another would break off what it undoes.
    """
    received: list[int] = []

    def end(number: int, _: object) -> None:
        received.append(number)
        if len(received) == 1:
            raise Ended

    usual = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        usual = []  # Python handles signals in the main thread alone
    for number in usual:
        signal.signal(number, end)
    try:
        yield received
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)
