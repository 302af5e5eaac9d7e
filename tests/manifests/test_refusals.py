import pytest

from k9lite.api import errors
from k9lite.api.kinds import Kinds
from k9lite.api.schema import DecodingError
from k9lite.manifests.refusals import problems
from k9lite.manifests.resolving import resolve
from k9lite.yaml_reader.parser import parse

TEXT = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  labels: {a: b, c: 1}
spec:
  type: nodeport
  ports:
    - port: 80
    - port: "81"
"""
SERVICE = resolve([parse("a.yaml", TEXT.encode())], Kinds()).manifests[0]
PORT = "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32"
LABEL = "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"
QUANTITY = "it must be a number, perhaps with a unit, as in 500m of CPU or 128Mi of memory"
CANNOT = 'Service in version "v1" cannot be handled as a Service: '


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            errors.bad_request(
                CANNOT + 'strict decoding error: unknown field "spec.selecter", duplicate field "metadata.name"'
            ),
            [
                (7, 1, 'unknown field "spec.selecter"', "did you mean `selector`?"),
                (4, 3, 'duplicate field "metadata.name"', ""),
            ],
        ),
        (
            errors.bad_request(CANNOT + PORT),
            [(9, 3, PORT, "it must be a whole number, without quotes")],
        ),
        (
            DecodingError(SERVICE.kind, PORT, "spec.ports[1].port"),
            [(11, 7, PORT, "it must be a whole number, without quotes")],
        ),
        (
            DecodingError(SERVICE.kind, LABEL, "metadata.labels.c"),
            [(6, 18, LABEL, "it must be text: put it in quotes")],
        ),
        (
            DecodingError(SERVICE.kind, "quantities must match x", "spec.type"),
            [(8, 3, "spec.type: quantities must match x", QUANTITY)],
        ),
        (
            errors.invalid_object(
                "",
                "Service",
                "web",
                [
                    errors.not_supported("spec.type", "nodeport", ["ClusterIP", "ExternalName", "NodePort"]),
                    errors.required("spec.ports[0].name"),
                ],
            ),
            [
                (
                    8,
                    3,
                    'spec.type: Unsupported value: "nodeport": supported values: "ClusterIP", "ExternalName", '
                    '"NodePort"',
                    "did you mean `NodePort`?",
                ),
                (10, 7, "spec.ports[0].name: Required value", ""),
            ],
        ),
        (
            errors.not_found("", "namespaces", "shop"),
            [(5, 3, 'namespaces "shop" not found', "add a Namespace to the folder, or correct the name")],
        ),
        (errors.forbidden("", "services", "web", "no"), [(1, 1, 'services "web" is forbidden: no', "")]),
    ],
)
def test_errors_of_the_api_have_a_place_in_the_file(error, expected):
    assert [(one.line, one.column, one.message, one.hint) for one in problems(SERVICE, error)] == expected
