"""What users add to admission: policies that change or refuse. It costs a look-up where there are none."""

from k9lite.api import defaults, schema
from k9lite.api.object import Data
from k9lite.engine.apiserver.admission.attributes import Attributes
from k9lite.engine.apiserver.admission.policies import mutating, validating
from k9lite.engine.apiserver.context import Context

VALIDATING_POLICIES = "validatingadmissionpolicies.admissionregistration.k8s.io"


def change(context: Context, attributes: Attributes) -> None:
    """Change the object of the request in place, and give what is new in it its defaults."""
    changed = mutating.change(context, attributes)
    if changed is None or attributes.object is None:
        return
    kind = attributes.request.kind
    clean: Data
    clean, _ = schema.decode(kind, changed, "Ignore")
    defaults.apply(kind, clean)
    attributes.object.clear()
    attributes.object.update(clean)


def check(context: Context, attributes: Attributes) -> None:
    """Refused when a policy denies the request."""
    validating.check(context, attributes)
