"""Pods that are less safe than the levels of their namespace are refused or warned about (plugin PodSecurity)."""

from collections.abc import Mapping

from k9lite.api import errors, kinds, pod_security
from k9lite.api.object import Data, Key
from k9lite.api.pod_security import Level, Policy
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.context import Context, Request

_TEMPLATE = ("spec", "template")
# Where objects of a resource hold the template of their pods.
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "podtemplates": ("template",),
    "replicationcontrollers": _TEMPLATE,
    "replicasets.apps": _TEMPLATE,
    "deployments.apps": _TEMPLATE,
    "statefulsets.apps": _TEMPLATE,
    "daemonsets.apps": _TEMPLATE,
    "jobs.batch": _TEMPLATE,
    "cronjobs.batch": ("spec", "jobTemplate", *_TEMPLATE),
}
_JUDGED_SUBRESOURCES = ("", "ephemeralcontainers", "resize")


def check_pod(context: Context, request: Request, pod: Data) -> None:
    """Forbidden when the namespace enforces a level that the pod violates; else a warning where it asks for one."""
    policy = _policy(context, request)
    violations = pod_security.violations(policy.enforce, pod)
    if violations:
        why = f'violates PodSecurity "{policy.enforce}": {pod_security.sentence(violations)}'
        raise refuse(request, pod, why)
    _warn(request, policy.warn, pod)


def check_pod_change(context: Context, request: Request, new: Data, old: Data) -> None:
    """The same for a change of what the standards are about."""
    if request.subresource in _JUDGED_SUBRESOURCES and _judged(new) != _judged(old):
        check_pod(context, request, new)


def check_template(context: Context, request: Request, data: Data) -> None:
    """A warning where the namespace warns about pods such as those that `data` would have."""
    level = _policy(context, request).warn
    template: Data = data
    for step in TEMPLATES[request.kind.resource]:
        template = template.get(step) or {}
    if template.get("spec"):
        _warn(request, level, template)


def check_template_change(context: Context, request: Request, new: Data, old: Data) -> None:
    if not request.subresource:
        check_template(context, request, new)


def check_namespace(context: Context, request: Request, namespace: Data) -> None:
    """Invalid when labels set levels that do not exist."""
    wrong = list(pod_security.label_errors(_labels(namespace)))
    if wrong:
        raise errors.invalid_object("", "Namespace", request.name, wrong)


def check_namespace_change(context: Context, request: Request, new: Data, old: Data) -> None:
    """The same for labels that are new; pods that a stricter level would refuse are named in warnings."""
    if request.subresource or _labels(new) == _labels(old):
        return
    known = set(map(str, pod_security.label_errors(_labels(old))))
    wrong = [error for error in pod_security.label_errors(_labels(new)) if str(error) not in known]
    if wrong:
        raise errors.invalid_object("", "Namespace", request.name, wrong)
    level = pod_security.policy_of(_labels(new)).enforce
    if level.is_stricter(pod_security.policy_of(_labels(old)).enforce):
        request.warn(*_warnings(context, request.name, level))


def _policy(context: Context, request: Request) -> Policy:
    namespace = context.store.get(kinds.NAMESPACE, Key("", request.namespace))
    labels = (namespace.meta.labels if namespace is not None else None) or {}
    return pod_security.policy_of(labels)


def _labels(namespace: Data) -> Mapping[str, str]:
    return (namespace.get("metadata") or {}).get("labels") or {}


def _warn(request: Request, level: Level, pod: Data) -> None:
    violations = pod_security.violations(level, pod)
    if violations:
        request.warn(f'would violate PodSecurity "{level}": {pod_security.sentence(violations)}')


def _judged(pod: Data) -> Data:
    """What of a pod may change and matters to the standards."""
    lists = [pod["spec"].get(field) or () for field in ("initContainers", "containers", "ephemeralContainers")]
    images = [[container.get("image") for container in containers] for containers in lists]
    return {"images": images, "annotations": (pod["metadata"].get("annotations") or {})}


def _warnings(context: Context, namespace: str, level: Level) -> list[str]:
    """Which pods there violate `level`, once for each set of violations."""
    names: dict[str, list[str]] = {}
    for pod in context.store.collection(kinds.POD).all(namespace):
        violations = pod_security.violations(level, pod.data())
        if violations:
            names.setdefault(", ".join(one.reason for one in violations), []).append(pod.name)
    if not names:
        return []
    lines = sorted(f"{_first_of(sorted(held))}: {reasons}" for reasons, held in names.items())
    return [f'existing pods in namespace "{namespace}" violate the new PodSecurity enforce level "{level}"', *lines]


def _first_of(names: list[str]) -> str:
    others = len(names) - 1
    return names[0] + (f" (and {others} other pod{'s' if others > 1 else ''})" if others else "")
