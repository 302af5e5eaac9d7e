"""What the status of a pod says for good, when nothing of it is left (Kubernetes: TerminatePod); pure.

A container of which nothing is known has not succeeded.
"""

from collections.abc import Sequence

from lightkube.models.core_v1 import PodSpec

from k9lite.api import pods
from k9lite.api.object import Data
from k9lite.engine.node.pods.container_status import LOST_STATE
from k9lite.engine.node.pods.phase import is_terminal


def ended(spec: PodSpec, status: Data) -> Data:
    """`status` with a phase that is final, and with containers that have all ended.

    Init containers stay as they are behind the last one that began, and regular ones where they were never reached.
    """
    init, regular = status.get("initContainerStatuses", []), status.get("containerStatuses", [])
    made = status if is_terminal(status["phase"]) else status | {"phase": "Failed"}
    if init:
        begun = max((number + 1 for number, one in enumerate(init) if _began(one)), default=1)
        made = made | {"initContainerStatuses": [*_over(init[:begun]), *init[begun:]]}
    if _initialised(spec, init, regular):
        made = made | {"containerStatuses": _over(regular)}
    return made


def _initialised(spec: PodSpec, init: Sequence[Data], regular: Sequence[Data]) -> bool:
    if not spec.initContainers or any(_began(one) for one in regular):
        return True
    last = init[-1] if init else {}
    if pods.is_sidecar(spec.initContainers[-1]):
        return bool(last.get("started")) and "running" in last["state"]
    states = (last.get("state", {}), last.get("lastState", {}))
    return any(state.get("terminated", {}).get("exitCode") == 0 for state in states)


def _began(status: Data) -> bool:
    return "waiting" not in status["state"] or "terminated" in status.get("lastState", {})


def _over(statuses: Sequence[Data]) -> list[Data]:
    return [one if "terminated" in one["state"] else one | {"state": LOST_STATE} for one in statuses]
