"""Rules for what a kubelet calls in a container: probes and lifecycle hooks."""

from collections.abc import Callable

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

Handler = Callable[[str, Data], Errors]

_SCHEMES = ("HTTP", "HTTPS")
_NUMBERS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")


def _exec(path: str, action: Data) -> Errors:
    return values.required(path, action, "command")


def _http_get(path: str, action: Data) -> Errors:
    yield from values.required(path, action, "path")
    yield from values.port_number_or_name(f"{path}.port", action.get("port", 0))
    yield from values.optional_one_of(f"{path}.scheme", action.get("scheme", ""), _SCHEMES)
    for header in action.get("httpHeaders") or ():
        yield from values.text(f"{path}.httpHeaders", header.get("name", ""), names.http_header)


def _port(path: str, action: Data) -> Errors:
    return values.port_number_or_name(f"{path}.port", action.get("port", 0))


_PROBE_HANDLERS: dict[str, Handler] = {"exec": _exec, "httpGet": _http_get, "tcpSocket": _port, "grpc": _port}
_HOOK_HANDLERS: dict[str, Handler] = {"exec": _exec, "httpGet": _http_get, "tcpSocket": _port}


def _handler(path: str, given: Data, handlers: dict[str, Handler]) -> Errors:
    """Exactly one of `handlers`."""
    found = [name for name in handlers if name in given]
    for position, name in enumerate(found):
        if position:
            yield errors.forbidden_field(f"{path}.{name}", "may not specify more than 1 handler type")
        else:
            yield from handlers[name](f"{path}.{name}", given[name])
    if not found:
        yield errors.required(path, "must specify a handler type")


def _probe(path: str, probe: Data) -> Errors:
    yield from _handler(path, probe, _PROBE_HANDLERS)
    yield from values.non_negative(path, probe, *_NUMBERS)
    if probe.get("terminationGracePeriodSeconds", 1) <= 0:
        seconds = probe["terminationGracePeriodSeconds"]
        yield errors.invalid(f"{path}.terminationGracePeriodSeconds", seconds, "must be greater than 0")


def probes(path: str, container: Data) -> Errors:
    """All three of a container that runs on."""
    for name in _PROBES:
        if name not in container:
            continue
        item_path, probe = f"{path}.{name}", container[name]
        yield from _probe(item_path, probe)
        if name == "readinessProbe":
            if "terminationGracePeriodSeconds" in probe:
                seconds = probe["terminationGracePeriodSeconds"]
                message = "must not be set for readinessProbes"
                yield errors.invalid(f"{item_path}.terminationGracePeriodSeconds", seconds, message)
        elif probe.get("successThreshold", 1) != 1:
            yield errors.invalid(f"{item_path}.successThreshold", probe["successThreshold"], "must be 1")


def lifecycle(path: str, hooks: Data, grace_seconds: int | None) -> Errors:
    def sleep(path: str, action: Data) -> Errors:
        seconds = action.get("seconds", 0)
        if grace_seconds is not None and not 0 <= seconds <= grace_seconds:
            message = f"must be non-negative and less than terminationGracePeriodSeconds ({grace_seconds})"
            yield errors.invalid(path, seconds, message)

    for name in _HOOKS:
        if name in hooks:
            yield from _handler(f"{path}.{name}", hooks[name], {**_HOOK_HANDLERS, "sleep": sleep})


def not_for_init_containers(path: str, container: Data) -> Errors:
    """An init container that is not a sidecar has no time to be probed."""
    for name in ("lifecycle", *_PROBES):
        if name in container:
            message = "may not be set for init containers without restartPolicy=Always"
            yield errors.forbidden_field(f"{path}.{name}", message)
