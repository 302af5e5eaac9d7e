"""Sees to it that a container's image is on the node (Kubernetes: kubelet/images/image_manager.go)."""

import asyncio
from collections.abc import Callable

from k9lite.aio.clock import Clock
from k9lite.api.images import name_problem
from k9lite.engine.node.back_off import BackOff
from k9lite.engine.node.pods.container_status import Reason
from k9lite.engine.node.runtimes.protocol import ImageRecord, PullError, Runtime

Tell = Callable[[str, str, str], None]  # (type, reason, message) of an event about the container

UNREACHABLE = (
    'failed to pull and unpack image "{image}": failed to resolve reference "{image}": failed to do request: '
    "dial tcp: lookup registry: no such host"
)


class ImageManager:
    """One node's images. Pulls run one after another, as kubelets do by default.

    `blocked` says whether a fault keeps an image from being pulled; `arrived` is called when there is one more.
    """

    def __init__(
        self, runtime: Runtime, clock: Clock, blocked: Callable[[str], bool], arrived: Callable[[], None]
    ) -> None:
        self._runtime, self._clock, self._blocked, self._arrived = runtime, clock, blocked, arrived
        self._back_off = BackOff()
        self._errors: dict[str, str] = {}  # what the last pull said, per back-off key
        self._pulling = asyncio.Lock()

    async def ensure(self, uid: str, image: str, policy: str, tell: Tell) -> ImageRecord | Reason:
        """The image, pulled where `policy` wants it; or why there is none."""
        if problem := name_problem(image):
            message = f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": {problem}'
            tell("Warning", "InspectFailed", message)
            return Reason("InvalidImageName", message)
        present = self._runtime.image(image)
        if present and policy != "Always":
            tell(
                "Normal",
                "Pulled",
                f'Container image "{image}" already present on machine and can be accessed by the pod',
            )
            return present
        if policy == "Never":
            message = f'Container image "{image}" is not present with pull policy of Never'
            tell("Warning", "ErrImageNeverPull", message)
            return Reason("ErrImageNeverPull", message)
        return await self._pull(f"{uid}_{image}", image, tell)

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        self._back_off.forget(f"{uid}_")
        for key in [key for key in self._errors if key.startswith(f"{uid}_")]:
            del self._errors[key]

    async def _pull(self, key: str, image: str, tell: Tell) -> ImageRecord | Reason:
        if self._back_off.ends_since_update(key, self._clock.now()) is not None:
            tell("Normal", "BackOff", f'Back-off pulling image "{image}"')
            last = self._errors.get(key)
            return Reason(
                "ImagePullBackOff", f'Back-off pulling image "{image}"{f": ErrImagePull: {last}" if last else ""}'
            )
        tell("Normal", "Pulling", f'Pulling image "{image}"')
        asked = self._clock.now()
        try:
            async with self._pulling:
                began = self._clock.now()
                if self._blocked(image):
                    raise PullError(UNREACHABLE.format(image=image))
                known = self._runtime.image(image)
                found = await self._runtime.pull(image)
        except PullError as error:
            tell("Warning", "Failed", f'Failed to pull image "{image}": {error}')
            now = self._clock.now()
            self._back_off.next(key, now, now)
            self._errors[key] = str(error)
            return Reason("ErrImagePull", str(error))
        if known is None:
            self._arrived()
        now = self._clock.now()
        took = f"{duration(now - began)} ({duration(now - asked)} including waiting)"
        tell("Normal", "Pulled", f'Successfully pulled image "{image}" in {took}. Image size: {found.size} bytes.')
        return found


def duration(seconds: float) -> str:
    """A time span as Go prints it, to the millisecond: 850ms, 1.2s, 1m3.5s."""
    milliseconds = int(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    minutes, milliseconds = divmod(milliseconds, 60_000)
    text = f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".") + "s"
    return f"{minutes}m{text}" if minutes else text
