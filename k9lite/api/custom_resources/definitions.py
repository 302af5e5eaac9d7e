"""From a CustomResourceDefinition to the kinds it defines."""

from typing import Any

from k9lite.api.kinds import Kind, PrinterColumn, ScalePaths, Subresource
from k9lite.api.object import Data

SCALE_VERBS = ("get", "patch", "update")


def kinds_of(definition: Data) -> list[Kind[Any]]:
    """One kind per served version. What is malformed defines nothing (validation refuses it elsewhere)."""
    spec = _object(definition.get("spec"))
    versions = spec.get("versions")
    served = [version for version in versions or () if isinstance(version, dict) and version.get("served", True)]
    names = _object(_object(definition.get("status")).get("acceptedNames"))
    names = names if names.get("plural") else _object(spec.get("names"))
    return [kind for version in served if (kind := _kind(spec, names, version)) is not None]


def _object(value: Any) -> Data:
    return value if isinstance(value, dict) else {}


def _kind(spec: Data, names: Data, version: Data) -> Kind[Any] | None:
    group, name, kind, plural = spec.get("group"), version.get("name"), names.get("kind"), names.get("plural")
    if not all(isinstance(part, str) and part for part in (group, name, kind, plural)):
        return None
    subresources = _object(version.get("subresources"))
    return Kind(
        str(group),
        str(name),
        str(kind),
        str(plural),
        namespaced=spec.get("scope") != "Cluster",
        singular=names.get("singular") or str(kind).lower(),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=tuple(_subresources(subresources, str(group), str(name), str(kind))),
        converted_by_webhook=_object(spec.get("conversion")).get("strategy") == "Webhook",
        acted_on=True,  # by whoever brought the definition
        schema=_object(_object(version.get("schema")).get("openAPIV3Schema")) or None,
        printer_columns=tuple(_column(column) for column in version.get("additionalPrinterColumns") or ()),
        scale_paths=_scale_paths(_object(subresources.get("scale"))),
        deprecation=_deprecation(version, f"{group}/{name} {kind}"),
        selectable_fields=tuple(
            str(field.get("jsonPath", "")).removeprefix(".") for field in version.get("selectableFields") or ()
        ),
    )


def _deprecation(version: Data, named: str) -> str:
    if version.get("deprecated") is not True:
        return ""
    return str(version.get("deprecationWarning") or f"{named} is deprecated")


def _subresources(declared: Data, group: str, version: str, kind: str) -> list[Subresource]:
    found = []
    if "scale" in declared:
        found.append(Subresource("scale", "autoscaling", "v1", "Scale", SCALE_VERBS))
    if "status" in declared:
        found.append(Subresource("status", group, version, kind, SCALE_VERBS))
    return found


def _column(column: Data) -> PrinterColumn:
    return PrinterColumn(
        str(column.get("name", "")),
        str(column.get("jsonPath", "")),
        str(column.get("type", "string")),
        str(column.get("format", "")),
        str(column.get("description", "")),
        int(column.get("priority") or 0) > 0,
    )


def _scale_paths(scale: Data) -> ScalePaths | None:
    if not scale:
        return None
    spec, status = scale.get("specReplicasPath", ""), scale.get("statusReplicasPath", "")
    return ScalePaths(str(spec), str(status), str(scale.get("labelSelectorPath") or ""))
