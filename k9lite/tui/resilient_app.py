"""An App that goes on after errors of its own: one place for all actions, workers, timers, callbacks and messages."""

import logging

from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.widget import Widget
from textual.worker import WorkerFailed

log = logging.getLogger(__name__)


class ResilientApp(App[None]):
    """Logs each error. Whoever runs it tells the user of what is logged, and where the log is.

    Textual ends the whole program after any error, and before that stops handling the messages of the widget in which
    it happened. The three methods are private in Textual, which has no public way; pyproject.toml bounds its version.
    """

    def _register_child(self, parent: DOMNode, child: Widget, before: int | None, after: int | None) -> None:
        """Let each widget handle its next message after an error in one."""
        dispatch = child._dispatch_message

        async def guarded(message: Message) -> None:
            try:
                await dispatch(message)
            except Exception as error:
                self._handle_exception(error)

        child._dispatch_message = guarded  # type: ignore[method-assign]
        super()._register_child(parent, child, before, after)

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Log an error and go on; what fails before the first screen stands ends the app.

        Textual raises what stands in `_exception` at the end of a test.
        """
        if not self.is_running:
            super()._handle_exception(error)
            return
        cause = error.error if isinstance(error, WorkerFailed) else error
        log.error("the dashboard goes on after an error", exc_info=cause)
        if self._exception is None and isinstance(cause, Exception):
            self._exception = cause
