"""`k9lite`: pick the command, import only what it needs, run it."""

import importlib
import importlib.metadata
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from k9lite.cli import collector, troubles
from k9lite.cli.commands import COMMANDS, DASHBOARD, Ended, Failure
from k9lite.settings import default_state_folder

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code: 1 for "no", 2 for "cannot", 128 and more for a signal."""
    collector.relax()
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what the terminal cannot show is spelled out
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(words)
        if sys.stdout is not None:  # it was closed before we began
            sys.stdout.flush()
    except Failure as failure:
        _tell(str(failure))
        return 2
    except Ended as ended:
        return ended.exit_code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except PermissionError as error:
        _tell(f"{error.filename}: {error.strerror}")
        return 2
    except troubles.Crash as crash:
        _log(crash.__cause__, crash.state_folder)
        return 2
    except Exception as error:
        _log(error, default_state_folder())
        return 2
    return code


def _log(error: BaseException | None, state_folder: Path) -> None:
    with troubles.told(state_folder, _tell):
        log.error("cannot go on", exc_info=error)


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        print(f"k9lite {importlib.metadata.version('k9lite')}")
        return 0
    try:
        Path.cwd()
    except FileNotFoundError:
        raise Failure("the current folder has been deleted; change to another one") from None
    command = words.pop(0) if words and words[0] in COMMANDS else DASHBOARD
    code: int = importlib.import_module(f"k9lite.cli.{command}").run(words)
    return code


def _tell(text: str) -> None:
    print(f"k9lite: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
