"""Rules for what extends or guards the API server: API services, admission webhooks, certificate requests."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import admission_policies, labels, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_REVIEW_VERSIONS = ("v1", "v1beta1")
_SIDE_EFFECTS = ("None", "NoneOnDryRun")
_FAILURE_POLICIES = ("Fail", "Ignore")
_MATCH_POLICIES = ("Equivalent", "Exact")


def _webhooks(data: Data) -> Errors:
    seen: set[str] = set()
    for index, webhook in enumerate(data.get("webhooks") or ()):
        path, name = f"webhooks[{index}]", webhook.get("name", "")
        yield from _webhook(path, webhook)
        if name in seen:
            yield errors.duplicate(f"{path}.name", name)
        seen.add(name)


def _webhook(path: str, webhook: Data) -> Errors:
    name = webhook.get("name", "")
    yield from values.required_text(f"{path}.name", name, names.dns_subdomain)
    if name and name.count(".") < 2:
        message = "should be a domain with at least three segments separated by dots"
        yield errors.invalid(f"{path}.name", name, message)
    versions = webhook.get("admissionReviewVersions") or []
    if not versions:
        yield errors.required(f"{path}.admissionReviewVersions", f"must specify one of {', '.join(_REVIEW_VERSIONS)}")
    elif not set(versions) & set(_REVIEW_VERSIONS):
        message = f"must include at least one of {', '.join(_REVIEW_VERSIONS)}"
        yield errors.invalid(f"{path}.admissionReviewVersions", versions, message)
    for index, rule in enumerate(webhook.get("rules") or ()):
        yield from admission_policies.rule(f"{path}.rules[{index}]", rule)
    yield from values.optional_one_of(f"{path}.failurePolicy", webhook.get("failurePolicy"), _FAILURE_POLICIES)
    yield from values.optional_one_of(f"{path}.matchPolicy", webhook.get("matchPolicy"), _MATCH_POLICIES)
    if webhook.get("sideEffects"):
        yield from values.optional_one_of(f"{path}.sideEffects", webhook["sideEffects"], _SIDE_EFFECTS)
    else:
        yield errors.required(f"{path}.sideEffects", f"must specify one of {', '.join(_SIDE_EFFECTS)}")
    seconds = webhook.get("timeoutSeconds", 10)
    if not 1 <= seconds <= 30:
        yield errors.invalid(f"{path}.timeoutSeconds", seconds, "the timeout value must be between 1 and 30 seconds")
    for field in ("namespaceSelector", "objectSelector"):
        yield from labels.selector(f"{path}.{field}", webhook.get(field))
    yield from admission_policies.match_conditions(f"{path}.matchConditions", webhook.get("matchConditions"))
    client = webhook.get("clientConfig") or {}
    if ("url" in client) == ("service" in client):
        yield errors.required(f"{path}.clientConfig", "exactly one of url or service is required")


def _api_service(data: Data) -> Errors:
    spec = data.get("spec") or {}
    wanted = f"{spec.get('version', '')}.{spec.get('group', '')}"
    name = (data.get("metadata") or {}).get("name", "")
    if name != wanted:
        message = f'must be `spec.version+"."+spec.group`: {names.quoted(wanted)}'
        yield errors.invalid("metadata.name", name, message)
    yield from values.required_text("spec.version", spec.get("version"), names.dns_1035_label)
    for field, most in (("groupPriorityMinimum", 20000), ("versionPriority", 1000)):
        priority = spec.get(field, 0)
        if not 0 < priority <= most:
            yield errors.invalid(f"spec.{field}", priority, f"must be positive and less than {most}")


def _certificate_request(data: Data) -> Errors:
    spec = data.get("spec") or {}
    yield from values.required("spec", spec, "request")
    if not spec.get("usages"):
        yield errors.required("spec.usages", "usages must be provided")
    signer = spec.get("signerName", "")
    if not signer:
        yield errors.required("spec.signerName")
    elif "/" not in signer:
        message = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        yield errors.invalid("spec.signerName", signer, message)


def _certificate_request_update(new: Data, old: Data) -> Errors:
    return values.immutable("spec", new.get("spec"), old.get("spec"))


ADMISSION = {
    "MutatingWebhookConfiguration": Rules(_webhooks),
    "ValidatingWebhookConfiguration": Rules(_webhooks),
}
API_SERVICES = {"APIService": Rules(_api_service)}
CERTIFICATES = {"CertificateSigningRequest": Rules(_certificate_request, _certificate_request_update)}
