"""Whether the server lives, as probes ask it, and people with `kubectl get --raw '/readyz?verbose'`."""

PATHS = ("/healthz", "/livez", "/readyz")
CHECKS = ("ping", "log", "etcd")  # what all three look at; it is true of whoever can answer


def answer(path: str, *, verbose: bool) -> str | None:
    """The text behind `path`, which may end in the name of one check; None where it is not one of health."""
    for known in PATHS:
        if path == known:
            lines = [f"[+]{check} ok" for check in CHECKS]
            return "\n".join([*lines, f"{known[1:]} check passed", ""]) if verbose else "ok"
        if path.startswith(f"{known}/") and path[len(known) + 1 :] in CHECKS:
            return "ok"
    return None
