"""Why something was written: stored beside a revision, never in the object, so that the story can be told."""

import msgspec

MOST_REVISIONS = 16  # of a merged cause; beyond that a list explains nothing


class Cause(msgspec.Struct, frozen=True, gc=False):
    """`actor`: who writes, e.g. "user", "folder", "deployment-controller".

    `action`: what a user did or which file was saved, e.g. "scale", "saved node.yaml:12"; empty for controllers.
    `revisions`: the revisions that made a controller look.
    """

    actor: str
    action: str = ""
    revisions: tuple[int, ...] = ()

    def by(self, actor: str) -> "Cause":
        """The same cause, acted on by `actor`."""
        return Cause(actor, self.action, self.revisions)


UNKNOWN = Cause("unknown")


def merge(older: Cause, newer: Cause) -> Cause:
    """One cause for two: the newest revisions of both, and the first action that is told."""
    revisions = dict.fromkeys(older.revisions + newer.revisions)
    return Cause(newer.actor, older.action or newer.action, tuple(revisions)[-MOST_REVISIONS:])
