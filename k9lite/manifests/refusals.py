"""What an API server says against an object, told at the places of the manifest; pure."""

import difflib
import re
from collections.abc import Iterator

from k9lite.api import schema
from k9lite.api.errors import BAD_REQUEST, Cause, StatusError
from k9lite.manifests.resolving import Manifest
from k9lite.yaml_reader.problem import Problem, Repair

_STRICT = re.compile(r'(?:unknown|duplicate) field "([^"]+)"')
_WRONG_TYPE = re.compile(r"json: cannot unmarshal .* into Go struct field \w+\.(\S+) of type (\S+)")
_NO_NAMESPACE = re.compile(r'namespaces "[^"]+" not found')
# Kubernetes names fields of a definition as its own, older form has them; these are the places in a manifest.
_PLACES_IN_DEFINITIONS = (
    ("spec.validation", "spec.versions[0].schema"),
    ("spec.subresources", "spec.versions[0].subresources"),
    ("spec.additionalPrinterColumns", "spec.versions[0].additionalPrinterColumns"),
    ("spec.selectableFields", "spec.versions[0].selectableFields"),
    ("spec.conversion.webhookClientConfig", "spec.conversion.webhook.clientConfig"),
    ("spec.conversion.conversionReviewVersions", "spec.conversion.webhook.conversionReviewVersions"),
)
_EXPECTED = {
    "string": ("text: put it in quotes", Repair("add quotes")),
    "bool": ("true or false, without quotes", Repair("remove quotes")),
    "int32": ("a whole number, without quotes", Repair("remove quotes")),
    "int64": ("a whole number, without quotes", Repair("remove quotes")),
    "float64": ("a number, without quotes", Repair("remove quotes")),
}
_HINTS = (
    ("`selector` does not match template `labels`", "spec.selector and the labels of the pod template must agree"),
    ("field is immutable", "delete the object first; until then the running one stays as it is"),
    ("may not change once set", "delete the object first; until then the running one stays as it is"),
    ("quantities must match", "it must be a number, perhaps with a unit, as in 500m of CPU or 128Mi of memory"),
    ("unable to parse quantity's suffix", "units are m for CPU; Ki, Mi, Gi, or k, M, G, for memory"),
    ("The range of valid IPs is", "leave it out, and the cluster chooses one; None makes a headless Service"),
    ("“", "these quotes are part of the text: use straight ones"),
)


def problems(manifest: Manifest, error: StatusError) -> list[Problem]:
    """One problem for every field that `error` names, or one for the whole object."""
    found = list(_undecodable(manifest, error) if error.reason == BAD_REQUEST else _invalid(manifest, error))
    return found or [_whole(manifest, error)]


def _undecodable(manifest: Manifest, error: StatusError) -> Iterator[Problem]:
    for told in _STRICT.finditer(error.message):
        parent, _, name = told[1].rpartition(".")
        meant = schema.suggest(manifest.kind, parent, name)
        hint, repair = "", None
        if meant is not None and meant != name:
            hint = f"did you mean `{meant}`?"
            repair = Repair("rename the key", meant) if "unknown field" in told[0] else None
        yield manifest.document.problem(told[1], told[0], hint, repair)
    why, path = (error.why, error.path) if isinstance(error, schema.DecodingError) else ("", "")
    if wrong := _WRONG_TYPE.search(error.message):
        fields, go_type = wrong.groups()
        expected, repair = _EXPECTED.get(go_type, ("a list" if go_type.startswith("[]") else "a mapping", None))
        yield manifest.document.problem(path or fields, wrong[0], f"it must be {expected}", repair)
    elif path:
        yield manifest.document.problem(path, f"{path}: {why}", _usual_hint(why))


def _invalid(manifest: Manifest, error: StatusError) -> Iterator[Problem]:
    for cause in error.causes:
        if cause.field:
            path, message = _place(manifest, cause.field), f"{cause.field}: {cause.message}"
            if (meant := _meant(cause)) is not None:
                repair = Repair("replace the value", meant)
                yield manifest.document.problem(path, message, f"did you mean `{meant}`?", repair)
            else:
                yield manifest.document.problem(path, message, _hint(cause))


def _place(manifest: Manifest, field: str) -> str:
    """The path in the manifest of the field that the API server names."""
    if manifest.kind.kind == "Service" and field.startswith("spec.clusterIPs"):
        return "spec.clusterIPs" if "clusterIPs" in manifest.document.data["spec"] else "spec.clusterIP"
    if manifest.kind.kind != "CustomResourceDefinition":
        return field
    field = field.replace(".JSONPath", ".jsonPath")
    for named, written in _PLACES_IN_DEFINITIONS:
        if field.startswith(named):
            return written + field.removeprefix(named)
    return field


def _meant(cause: Cause) -> str | None:
    """The supported value that an unsupported one resembles."""
    if cause.reason != "FieldValueNotSupported":
        return None
    value, *supported = re.findall(r'"([^"]*)"', cause.message) or [""]
    close = difflib.get_close_matches(value.lower(), [name.lower() for name in supported], n=1)
    return next((name for name in supported if name.lower() in close), None)


def _hint(cause: Cause) -> str:
    return "" if cause.reason == "FieldValueNotSupported" else _usual_hint(cause.message)


def _usual_hint(message: str) -> str:
    return next((hint for part, hint in _HINTS if part in message), "")


def _whole(manifest: Manifest, error: StatusError) -> Problem:
    if _NO_NAMESPACE.search(error.message):
        hint = "add a Namespace to the folder, or correct the name"
        return manifest.document.problem("metadata.namespace", error.message, hint)
    return manifest.document.problem("", error.message)
