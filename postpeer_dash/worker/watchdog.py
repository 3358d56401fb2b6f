"""Ends a process that was frozen (stopped, paged out) before it can wake up and send what others have settled meanwhile.

A kernel timer that is wound up again and again by a thread which does nothing else. When it runs down, the C library's
`_exit` is its handler: the first code that runs in a process that wakes, whatever its Python threads were at. A
signal's default would do as well, but not for process 1, as a worker in a container may be: the kernel drops those.

The timer stands still while the whole machine is suspended; the wall clock, asked before each POST, doesn't.
"""

import atexit
import ctypes
import signal
import threading
import time

_ROUNDS = 4  # wound up so many times before it would run down
_lock = threading.Lock()
_off = threading.Event()
_seconds = 0.0


def arm(seconds: float) -> None:
    """From now on this process ends when it stands still for so long. Once is enough, from any thread."""
    global _seconds
    with _lock:
        if _seconds:
            return
        _seconds = seconds
        _off.clear()
        _end_on_alarm()
        _rewind()
        threading.Thread(target=_keep_wound, name="watchdog", daemon=True).start()
        # Whoever has ended in good order is not frozen.
        atexit.register(disarm)


def disarm() -> None:
    """Let the process stand still again."""
    global _seconds
    with _lock:
        _off.set()
        _seconds = 0.0
        signal.setitimer(signal.ITIMER_REAL, 0)


def is_armed() -> bool:
    """Tell whether this process ends when it stands still."""
    return _seconds > 0


def _end_on_alarm() -> None:
    # Called by the kernel with the signal's number, which becomes the exit code. No Python runs.
    library = ctypes.CDLL(None)
    library.signal.restype = ctypes.c_void_p
    library.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
    library.signal(signal.SIGALRM, ctypes.cast(library._exit, ctypes.c_void_p))


def _rewind() -> None:
    if _seconds:
        signal.setitimer(signal.ITIMER_REAL, _seconds)


def _keep_wound() -> None:
    pause = min(_seconds / _ROUNDS, 1.0)
    while not _off.is_set():
        with _lock:
            _rewind()
        time.sleep(pause)
