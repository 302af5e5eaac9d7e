"""What goes wrong inside k9lite itself: the user gets a line, a log file in the state folder gets the rest."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from k9lite import private_files
from k9lite.cli.commands import Ended, Failure

FILE = "k9lite.log"
LARGEST = 1 << 20  # bytes of the log; then it begins anew, and the one before is kept
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Crash(Exception):
    """What nobody foresaw (the cause) has ended the command; `state_folder` is where it logs."""

    def __init__(self, state_folder: Path) -> None:
        super().__init__(state_folder)
        self.state_folder = state_folder


# What the command line has words of its own for.
_FORESEEN = (Failure, Ended, BrokenPipeError, PermissionError)


@contextmanager
def told(state_folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, whatever any part logs goes to the log file, and what is an error to `tell`, too, which must bear
    to be called from any thread. What nobody foresaw comes out as Crash.
    """
    logging.raiseExceptions = False  # a log that cannot be written is no reason to disturb anybody
    file = _LogFile(state_folder / FILE, maxBytes=LARGEST, backupCount=1, encoding="utf-8", delay=True)
    file.setFormatter(logging.Formatter(_FORMAT))
    handlers: tuple[logging.Handler, ...] = (file, _Telling(state_folder / FILE, tell))
    logger = logging.getLogger()
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    except _FORESEEN:
        raise
    except Exception as error:
        raise Crash(state_folder) from error
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


class _LogFile(RotatingFileHandler):
    """Never writes through a symbolic link."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, opener=private_files.opener)


class _Telling(logging.Handler):
    """Tells each kind of error once: what fails a thousand times is not news a thousand times."""

    def __init__(self, file: Path, tell: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._file, self._tell = file, tell
        self._known: set[tuple[str, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        why = f"{type(error).__name__}: {error}" if error else ""
        if (record.name, why) not in self._known:
            self._known.add((record.name, why))
            inside = f": {why} (an error in k9lite itself; the details are in {self._file})" if error else ""
            self._tell(record.getMessage() + inside)
