import pytest

from k9lite.manifests.pruning import absences, due, gone
from k9lite.manifests.resolving import Ref

WEB, DB = Ref("", "Pod", "default", "web"), Ref("", "Pod", "default", "db")


@pytest.mark.parametrize(
    ("owned", "present", "unclear", "left"),
    [
        ({WEB: "a.yaml", DB: "b.yaml"}, [WEB], {}, [DB]),
        ({WEB: "a.yaml"}, [WEB], {}, []),
        ({WEB: "a.yaml"}, [], {"a.yaml": b""}, []),  # its file is empty or cannot be read
        ({WEB: "a.yaml"}, [], {"b.yaml": b"name: web\n a"}, []),  # it may have moved to a file with a mistake
        ({WEB: "a.yaml"}, [], {"b.yaml": b"name:web"}, []),
        ({WEB: "a.yaml"}, [], {"b.yaml": b"name: other"}, [WEB]),
        ({WEB: "a.yaml"}, [], {"b.yaml": b"name: webber"}, [WEB]),
        ({Ref("", "ClusterRole", "", "a:b"): "a.yaml"}, [], {"b.yaml": b'{"name":"a:b"}'}, []),
        ({WEB: "sub/a.yaml", DB: "subs/b.yaml"}, [], {"sub/": b""}, [DB]),  # a folder that cannot be read
        ({WEB: "sub/a.yaml", DB: "b.yaml"}, [], {"./": b""}, []),
        ({WEB: ""}, [], {"b.yaml": b""}, []),  # from an earlier run: that file may be the one
        ({WEB: ""}, [], {}, [WEB]),
    ],
)
def test_what_has_left_the_folder(owned, present, unclear, left):
    assert gone(owned, set(present), unclear) == left


def test_absence_counts_from_when_it_was_first_seen():
    since = absences({}, [WEB], 10.0)
    since = absences(since, [WEB, DB], 11.0)
    assert since == {WEB: 10.0, DB: 11.0}
    assert due(since, 11.9) == []
    assert due(since, 12.0) == [WEB]


def test_what_came_back_starts_anew():
    since = absences({WEB: 10.0}, [], 11.0)
    assert absences(since, [WEB], 12.0) == {WEB: 12.0}
