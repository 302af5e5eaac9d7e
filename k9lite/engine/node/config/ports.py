"""The ports that a container's manifest speaks of."""

from collections.abc import Iterator

from lightkube.models.core_v1 import Container, EphemeralContainer, Probe

TCP, UDP = "TCP", "UDP"


def declared(container: Container | EphemeralContainer, protocol: str = TCP) -> tuple[int, ...]:
    """The numbers of the ports of a protocol that the container declares."""
    return tuple(port.containerPort for port in container.ports or () if (port.protocol or TCP) == protocol)


def probed(container: Container | EphemeralContainer) -> tuple[int, ...]:
    """The numbers at which probes expect the container to answer, declared or not; each once."""
    names = {port.name: port.containerPort for port in container.ports or () if port.name}
    ports = [names.get(str(port), port) for port in _probed(container)]
    return tuple(dict.fromkeys(int(port) for port in ports if str(port).isdigit()))


def _probed(container: Container | EphemeralContainer) -> Iterator[int | str]:
    probes: list[Probe | None] = [container.startupProbe, container.readinessProbe, container.livenessProbe]
    for probe in filter(None, probes):
        for action in (probe.httpGet, probe.tcpSocket):
            if action is not None and not action.host:
                yield action.port
        if probe.grpc is not None:
            yield probe.grpc.port
