"""Work on many pieces with several threads; whoever asked for it waits, and hears of what fails."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

P = TypeVar("P")

Stopped = Callable[[], bool]
"""Returns whether the work is to be given up."""


class Workers(Generic[P]):
    """Threads that do one kind of work; a context manager, after which none of them is left."""

    def __init__(self, number: int, work: Callable[[P, Stopped], None]) -> None:
        """:param work: does one piece, in one of the threads; returns early once it is stopped"""
        self._work = work
        self._is_over = threading.Event()
        self._waiting: queue.SimpleQueue[P | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[tuple[P, BaseException | None]] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work_on, name=f"worker {each}", daemon=True)
            for each in range(number)
        ]

    def __enter__(self) -> Workers[P]:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._is_over.set()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def do(self, pieces: Sequence[P], failed: Callable[[P, BaseException], None]) -> None:
        """Do all pieces, the first ones first.

        :param failed: called in this thread with what the work raised: it raises to give up, or returns to
            have this piece done again
        """
        for piece in pieces:
            self._waiting.put(piece)
        left = len(pieces)
        while left:
            piece, error = self._ended.get()
            if error is None:
                left -= 1
            else:
                failed(piece, error)
                self._waiting.put(piece)

    def _work_on(self) -> None:
        while (piece := self._waiting.get()) is not None and not self._is_over.is_set():
            self._ended.put((piece, self._outcome(piece)))

    def _outcome(self, piece: P) -> BaseException | None:
        try:
            self._work(piece, self._is_over.is_set)
        except BaseException as error:  # raised again where somebody waits
            return error
        return None
