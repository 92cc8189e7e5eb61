"""A question that is asked while others are: on a thread, and so on a connection, of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class SideJob(Generic[T]):
    """Runs ``work`` at once, within the cancellation of the job that asks; ``result`` waits for it.

    A context manager: the thread has ended when it is left, also by an error, so nothing of it outlives the job. It is
    a daemon, as none of an executor's is: it never keeps the program from ending.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._found: Future[T] = Future()
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name="side job", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found.set_result(self._work())
        except BaseException as error:  # raised where it is waited for
            self._found.set_exception(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.join()

    def result(self) -> T:
        """What ``work`` returned; raises what it raised."""
        return self._found.result()
