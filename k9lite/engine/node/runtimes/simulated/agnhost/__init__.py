"""The program of Kubernetes' own test image: a subcommand for everything that a test wants of a container."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.agnhost import (
    checks,
    conversion,
    guestbook,
    health,
    identity,
    netexec,
    porter,
    servers,
    webhook,
)
from k9lite.engine.node.runtimes.simulated.process import Process, Program

_SUBCOMMANDS: Mapping[str, Program] = {
    "pause": servers.pause,
    "netexec": netexec.netexec,
    "serve-hostname": servers.serve_hostname,
    "liveness": servers.liveness,
    "test-webserver": servers.test_webserver,
    "porter": porter.porter,
    "entrypoint-tester": checks.entrypoint_tester,
    "mounttest": checks.mounttest,
    "connect": checks.connect,
    "dns-suffix": checks.dns_suffix,
    "dns-server-list": checks.dns_server_list,
    "etc-hosts": checks.etc_hosts,
    "logs-generator": checks.logs_generator,
    "webhook": webhook.webhook,
    "guestbook": guestbook.guestbook,
    "test-service-account-issuer-discovery": identity.issuer_discovery,
    "inclusterclient": identity.in_cluster_client,
    "crd-conversion-webhook": conversion.conversion_webhook,
    "grpc-health-checking": health.grpc_health_checking,
}


async def agnhost(process: Process) -> int:
    """`agnhost <subcommand> [flags]`; without a subcommand it pauses."""
    name = process.argv[1] if len(process.argv) > 1 else "pause"
    program = _SUBCOMMANDS.get(name)
    if program is None:
        await process.complain(f'Error: unknown command "{name}" for "app"\nRun \'app --help\' for usage.')
        return 1
    return await program(process)
