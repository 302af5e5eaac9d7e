import pytest

from k9lite.tables.printer_columns import find

DATA = {
    "spec": {"size": 3, "list": [{"a": 1}, {"a": 2}], "with.dot": "x"},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}]},
    "metadata": {"labels": {"app.kubernetes.io/name": "shop"}},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".spec.size", [3]),
        ("{.spec.size}", [3]),
        (".spec.absent.deeper", []),
        (".spec.list[*].a", [1, 2]),
        (".spec.list[1].a", [2]),
        (".spec.list[-1].a", [2]),
        (".spec.list[7].a", []),
        (".spec['with.dot']", ["x"]),
        (r".metadata.labels.app\.kubernetes\.io/name", ["shop"]),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        (".status.conditions[?(@.type=='Absent')].status", []),
        (".spec..size", []),
    ],
)
def test_json_paths(path, found):
    assert find(DATA, path) == found
