"""The `icdrl` command: how it begins, and how errors reach a person.

Exit codes: 0 done, 1 error, 2 wrong usage, 130 interrupted.
"""

# Nothing else before Ctrl-C is taken care of: what is imported here can be interrupted.
import errno
import os
import signal
import sys
from types import FrameType

_INTERRUPTED = 128 + signal.SIGINT
_OF_STREAMS = (errno.EBADF, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPIPE)


def main() -> None:
    """Run the command line, or, in a bundle, the child process that was asked for, and exit."""
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        code = _main()
    finally:
        signal.signal(signal.SIGINT, before)
    sys.exit(code)


def _main() -> int:
    """Everything but the signals; returns the exit code."""
    import multiprocessing

    multiprocessing.freeze_support()

    from core.cli.streams import give_up_output, prepare_streams
    from core.cli.terminal import print_error

    prepare_streams()
    try:
        code = _run()
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in _OF_STREAMS:
            raise
        code = 1
        # Whoever read from a pipe and closed it has enough.
        if not isinstance(error, BrokenPipeError):
            print_error(f"The output cannot be written: {error.strerror}.")
    give_up_output()
    return code


def _run() -> int:
    """Do what the command line says; returns the exit code."""
    import typer

    from core.cli.commands import app
    from core.cli.terminal import print_error, print_usage_error
    from core.config import ConfigError
    from core.errors import IcdrlError

    try:
        result = app(prog_name="icdrl", standalone_mode=False)
    except typer.TyperException as error:
        print_usage_error(error)
        return error.exit_code
    except IcdrlError as error:
        print_error(str(error))
        return 2 if isinstance(error, ConfigError) else 1
    except typer.Abort:  # a question that got no answer
        print_error("Not done: nothing was answered.")
        return 1
    except KeyboardInterrupt:
        result = _INTERRUPTED
    if result == _INTERRUPTED:  # typer's for a KeyboardInterrupt inside a command
        print_error("Interrupted.")
    return result if isinstance(result, int) else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Ctrl-C interrupts; while a module is imported it ends the process at once.

    To unwind half an import would leave tracebacks of libraries, and there is nothing to save.
    """
    while frame:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os.write(2, b"error: Interrupted.\n")
            os._exit(_INTERRUPTED)
        frame = frame.f_back
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
