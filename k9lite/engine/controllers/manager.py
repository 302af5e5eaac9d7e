"""All loops of the controller manager, ready to be started."""

from collections.abc import Callable

from k9lite.aio.clock import Clock
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.controllers.autoscaler.controller import HorizontalPodAutoscalerController
from k9lite.engine.controllers.cron_job.controller import CronJobController
from k9lite.engine.controllers.daemon_set.controller import DaemonSetController
from k9lite.engine.controllers.deployment.controller import DeploymentController
from k9lite.engine.controllers.disruption import DisruptionController
from k9lite.engine.controllers.endpoints.endpoints_controller import EndpointsController
from k9lite.engine.controllers.endpoints.mirroring import EndpointSliceMirroringController
from k9lite.engine.controllers.endpoints.slice_controller import EndpointSliceController
from k9lite.engine.controllers.event_ttl import EventTtlController
from k9lite.engine.controllers.garbage.collector import GarbageCollector
from k9lite.engine.controllers.job.controller import JobController
from k9lite.engine.controllers.job.ttl import TtlAfterFinishedController
from k9lite.engine.controllers.namespace_defaults import root_certificates, service_accounts
from k9lite.engine.controllers.namespaces import NamespaceController
from k9lite.engine.controllers.nodes.lifecycle import NodeLifecycleController
from k9lite.engine.controllers.nodes.pod_gc import PodGcController
from k9lite.engine.controllers.nodes.taint_eviction import TaintEvictionController
from k9lite.engine.controllers.replica_set.controller import ReplicaSetController, ReplicationControllerController
from k9lite.engine.controllers.resource_quota import ResourceQuotaController
from k9lite.engine.controllers.stateful_set.controller import StatefulSetController

LOOPS: tuple[Callable[[Client, Informers, Clock], Controller], ...] = (
    DeploymentController,
    ReplicaSetController,
    ReplicationControllerController,
    StatefulSetController,
    DaemonSetController,
    JobController,
    CronJobController,
    HorizontalPodAutoscalerController,
    TtlAfterFinishedController,
    EndpointSliceController,
    EndpointsController,
    EndpointSliceMirroringController,
    NodeLifecycleController,
    TaintEvictionController,
    PodGcController,
    GarbageCollector,
    NamespaceController,
    DisruptionController,
    ResourceQuotaController,
    EventTtlController,
)


def controllers(client: Client, informers: Informers, clock: Clock, *, root_certificate: str = "") -> list[Controller]:
    """Every loop, connected to its informers. `root_certificate`: the API server's authority, as PEM."""
    return [
        *(loop(client, informers, clock) for loop in LOOPS),
        service_accounts(client, informers, clock),
        root_certificates(client, informers, clock, root_certificate),
    ]
