"""The local ports that lead into the cluster, with what goes through them."""

from k9lite.client.port_forward import PortForward, PortForwards
from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.table import Table

COLUMNS = (
    Column("", rank=0, least=1, most=1),
    Column("LOCAL", rank=0, least=15, most=22),
    Column("TARGET", rank=0, least=16, most=44),
    Column("PORT", rank=1, right=True),
    Column("POD", rank=2, least=10, most=48, middle=True),
    Column("OPEN", rank=3, right=True),
    Column("TOTAL", rank=3, right=True),
    Column("RECEIVED", rank=4, right=True),
    Column("SENT", rank=4, right=True),
    Column("LAST ERROR", rank=5, most=80),
)
UNITS = ("B", "KB", "MB", "GB", "TB")


def amount(size: float) -> str:
    """`512 B`, `1.5 MB`."""
    unit = 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {UNITS[unit]}"


def row(forward: PortForward) -> tuple[Cell, ...]:
    return (
        Cell("✗" if forward.error else "●", "bad" if forward.error else "good"),
        Cell(f"localhost:{forward.local_port}", "accent", forward.local_port),
        Cell(str(forward.target)),
        Cell(str(forward.port), "", forward.port),
        Cell(forward.pod, "muted"),
        Cell(str(forward.open), "", forward.open),
        Cell(str(forward.total), "", forward.total),
        Cell(amount(forward.received), "", forward.received),
        Cell(amount(forward.sent), "", forward.sent),
        Cell(forward.error, "bad"),
    )


class Forwards(Table, Place):
    """One row per forward."""

    place_name = "forwards"
    has_objects = False

    def __init__(self, forwards: PortForwards) -> None:
        super().__init__(COLUMNS, empty="no port is forwarded; press shift-f on a pod, deployment or service")
        self._forwards = forwards
        self._known: set[int] = set()

    def on_mount(self) -> None:
        self.sort_by("LOCAL")
        self.refill()

    @property
    def chosen(self) -> PortForward | None:
        """The forward under the cursor."""
        return next((forward for forward in self._forwards if forward.local_port == self.cursor), None)

    def refill(self) -> None:
        """Show the figures as they are now."""
        now = {forward.local_port for forward in self._forwards}
        for port in self._known - now:
            self.take_out(port)
        for forward in self._forwards:
            self.put(forward.local_port, row(forward))
        self._known = now
        self.paint()
