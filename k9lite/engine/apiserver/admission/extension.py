"""What users add to admission: policies and webhooks. It costs a few look-ups where there are none."""

from k9lite.api import defaults, schema
from k9lite.api.object import Data
from k9lite.engine.apiserver.admission.attributes import Attributes
from k9lite.engine.apiserver.admission.policies import mutating, validating
from k9lite.engine.apiserver.admission.webhooks import dispatch
from k9lite.engine.apiserver.context import Context

VALIDATING_POLICIES = "validatingadmissionpolicies.admissionregistration.k8s.io"


def change(context: Context, attributes: Attributes) -> None:
    """Change the object of the request in place, and give what is new in it its defaults."""
    for plugin in (mutating, dispatch):
        changed = plugin.change(context, attributes)
        if changed is not None and attributes.object is not None:
            _take(attributes, attributes.object, changed)


def _take(attributes: Attributes, data: Data, changed: Data) -> None:
    kind = attributes.request.kind
    clean: Data
    clean, _ = schema.decode(kind, changed, "Ignore")
    defaults.apply(kind, clean)
    data.clear()
    data.update(clean)


def check(context: Context, attributes: Attributes) -> None:
    """Refused when a policy or a webhook denies the request."""
    validating.check(context, attributes)
    dispatch.check(context, attributes)
