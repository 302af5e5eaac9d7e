"""A definition as Kubernetes judges it: what all versions have in common stands once, above them.

(apiextensions-apiserver: pkg/apis/apiextensions/v1/conversion.go)
"""

from k9lite.api.object import Data

# A field of a version, and what it is called where all versions share it.
_SHARED = {
    "schema": "validation",
    "subresources": "subresources",
    "additionalPrinterColumns": "additionalPrinterColumns",
    "selectableFields": "selectableFields",
}


def folded(spec: Data) -> Data:
    """`spec` with the fields that are equal in all versions moved out of them, under the names of Kubernetes' hub."""
    versions = spec.get("versions") or []
    if not versions:
        return spec
    shared = {field: versions[0].get(field) for field in _SHARED if _is_shared(versions, field)}
    rest = [{field: value for field, value in version.items() if field not in shared} for version in versions]
    above = {_SHARED[field]: value for field, value in shared.items() if value}
    return spec | {"versions": rest} | above


def _is_shared(versions: list[Data], field: str) -> bool:
    return all((version.get(field) or None) == (versions[0].get(field) or None) for version in versions)
