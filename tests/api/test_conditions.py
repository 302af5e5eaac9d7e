from k9lite.api import conditions

MIDNIGHT, LATER = 1767225600.0, 1767225660.0


def test_transition_time_moves_only_with_the_status():
    known = [conditions.make("Ready", "True", MIDNIGHT, "Fine")]
    assert conditions.put(known, conditions.make("Ready", "True", LATER, "StillFine", "all well")) is True
    assert known == [
        {
            "type": "Ready",
            "status": "True",
            "reason": "StillFine",
            "message": "all well",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }
    ]
    conditions.put(known, conditions.make("Ready", "False", LATER))
    assert known == [{"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:01:00Z"}]


def test_put_tells_whether_anything_was_said_anew():
    known: list = []
    assert conditions.put(known, conditions.make("Ready", "True", MIDNIGHT)) is True
    assert conditions.put(known, conditions.make("Ready", "True", LATER)) is False
    assert conditions.put(known, conditions.make("Ready", "True", LATER, observedGeneration=2)) is True


def test_remove():
    known = [conditions.make("Ready", "True", MIDNIGHT)]
    assert conditions.remove(known, "Other") is False
    assert conditions.remove(known, "Ready") is True
    assert conditions.find(known, "Ready") is None


def test_a_condition_follows_the_one_before_it_while_the_status_stays():
    before, same = conditions.make("Ready", "True", MIDNIGHT), conditions.make("Ready", "True", LATER)
    other = conditions.make("Ready", "False", LATER)
    assert conditions.following(before, same) == before
    assert conditions.following(before, other) == other
    assert conditions.following(None, same) == same
    assert conditions.following({"type": "Ready", "status": "True"}, same) == same
