"""The figures as tables for people; the JSON form is the figures themselves."""

from collections.abc import Sequence

from k9lite.cli.bench.dashboard import DashboardFigures
from k9lite.cli.bench.deployments import Row
from k9lite.cli.bench.grid import GridRow
from k9lite.cli.bench.http_api import HttpFigures

# A control plane of Kubernetes 1.36 with three fake kubelets on two cores, measured the same way: seconds by pods.
KUBERNETES = {300: (5.3, 19.0), 1000: (29.0, 98.0)}


def deployment_lines(rows: Sequence[Row]) -> list[str]:
    """One line per size, and beside it what a real control plane takes."""
    header = ("pods", "ready", "rolled over", "scaled to 0", "peak memory", "writes/s", "real sockets", "Kubernetes")
    body = [
        (
            f"{row.pods:,}",
            f"{row.create_s:.2f} s",
            f"{row.rollout_s:.2f} s",
            f"{row.scale_down_s:.2f} s",
            f"{row.peak_mb:.0f} MB",
            f"{row.writes_per_s:,.0f}",
            "yes" if row.real_sockets else "no",
            _real(row.pods),
        )
        for row in rows
    ]
    return table(header, body)


def _real(pods: int) -> str:
    found = KUBERNETES.get(pods)
    return f"{found[0]:g} s, {found[1]:g} s" if found else ""


def dashboard_lines(figures: DashboardFigures) -> list[str]:
    visible, key = figures.save_to_visible_ms, figures.key_to_paint_ms
    rows = (
        ("start to first frame", f"{figures.first_frame_s:.2f} s", ""),
        ("save to visible", f"{visible.p50:.0f} ms", f"{visible.p95:.0f} ms"),
        ("key to paint, 10,000 rows, 1,000 changes/s", f"{key.p50:.0f} ms", f"{key.p95:.0f} ms"),
    )
    return table(("dashboard", "p50", "p95"), rows)


def grid_lines(rows: Sequence[GridRow]) -> list[str]:
    header = ("pods", "changes/s", "key to paint p50", "p95", "change to paint p50", "p95", "longest stall")
    body = [
        (
            f"{row.pods:,}",
            f"{row.changes_per_s:,}",
            *(f"{ms:g} ms" for each in (row.key_to_paint_ms, row.change_to_paint_ms) for ms in (each.p50, each.p95)),
            f"{row.longest_stall_ms:g} ms",
        )
        for row in rows
    ]
    return table(header, body)


def http_lines(figures: HttpFigures) -> list[str]:
    header = ("over TLS", "per second", "p50", "p95", "p99")
    rows = (
        ("GET one pod", f"{figures.get_per_s:,.0f}", figures.get_ms),
        ("list 1,000 pods", "", figures.list_1000_pods_ms),
        ("create", f"{figures.create_per_s:,.0f}", figures.create_ms),
        ("watch, 1,000 watchers", f"{figures.watch_deliveries_per_s:,.0f}", figures.watch_fan_out_ms),
        ("key to paint meanwhile", "", figures.key_to_paint_ms),
    )
    return table(
        header, [(name, rate, f"{ms.p50:g} ms", f"{ms.p95:g} ms", f"{ms.p99:g} ms") for name, rate, ms in rows]
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table, aligned, so that it can be put into a document as it is."""
    widths = [max(len(line[column]) for line in (header, *rows)) for column in range(len(header))]
    rule = ["-" * width for width in widths]
    lines = (header, rule, *rows)
    return ["| " + " | ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
