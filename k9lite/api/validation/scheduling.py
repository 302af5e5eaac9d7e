"""Rules for what a pod says about nodes and other pods: tolerations, affinity, topology spread; and for taints."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import labels, values
from k9lite.api.validation.values import Errors

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_POLICIES = ("Honor", "Ignore")


def tolerations(path: str, given: list[Data]) -> Errors:
    for index, toleration in enumerate(given):
        item_path = f"{path}[{index}]"
        key, operator = toleration.get("key", ""), toleration.get("operator", "")
        value, effect = toleration.get("value", ""), toleration.get("effect", "")
        if key:
            yield from values.text(f"{item_path}.key", key, names.qualified_name)
        elif operator != "Exists":
            message = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield errors.invalid(f"{item_path}.operator", operator, message)
        if "tolerationSeconds" in toleration and effect != "NoExecute":
            message = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            yield errors.invalid(f"{item_path}.effect", effect, message)
        if operator in ("Equal", ""):
            if messages := names.label_value(value):
                yield errors.invalid(f"{item_path}.operator", value, ";".join(messages))
        elif operator == "Exists":
            if value:
                message = "value must be empty when `operator` is 'Exists'"
                yield errors.invalid(f"{item_path}.operator", _as_go_prints(toleration), message)
        else:
            yield errors.not_supported(f"{item_path}.operator", operator, ("Equal", "Exists"))
        if effect and effect not in EFFECTS:
            yield errors.not_supported(f"{item_path}.effect", effect, EFFECTS)


def _as_go_prints(toleration: Data) -> Data:
    """The whole toleration, by the names of a struct that has no names for JSON."""
    shown = {name: toleration.get(name[0].lower() + name[1:], "") for name in ("Key", "Operator", "Value", "Effect")}
    return {**shown, "TolerationSeconds": toleration.get("tolerationSeconds")}


def taints(path: str, given: list[Data]) -> Errors:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(given):
        item_path, key, effect = f"{path}[{index}]", taint.get("key", ""), taint.get("effect", "")
        yield from values.text(f"{item_path}.key", key, names.qualified_name)
        if messages := names.label_value(taint.get("value", "")):
            yield errors.invalid(f"{item_path}.value", taint["value"], ";".join(messages))
        yield from values.one_of(f"{item_path}.effect", effect, EFFECTS)
        if (key, effect) in seen:
            yield _duplicate_taint(item_path, taint)
        seen.add((key, effect))


def _duplicate_taint(path: str, taint: Data) -> errors.FieldError:
    shown = {"Key": taint.get("key", ""), "Value": taint.get("value", ""), "Effect": taint.get("effect", "")}
    shown["TimeAdded"] = taint.get("timeAdded")
    detail = "taints must be unique by key and effect pair"
    return errors.FieldError(path, "Duplicate value", "FieldValueDuplicate", shown, True, detail)


# -- affinity -------------------------------------------------------------------------------------------------------


def affinity(path: str, given: Data) -> Errors:
    node = given.get("nodeAffinity") or {}
    if _REQUIRED in node:
        yield from node_selector(f"{path}.nodeAffinity.{_REQUIRED}", node[_REQUIRED])
    for index, term in enumerate(node.get(_PREFERRED) or ()):
        item_path = f"{path}.nodeAffinity.{_PREFERRED}[{index}]"
        yield from _weight(item_path, term)
        yield from _node_selector_term(f"{item_path}.preference", term.get("preference") or {}, strict=False)
    for kind in ("podAffinity", "podAntiAffinity"):
        pods = given.get(kind) or {}
        for index, term in enumerate(pods.get(_REQUIRED) or ()):
            yield from _pod_term(f"{path}.{kind}.{_REQUIRED}[{index}]", term)
        for index, term in enumerate(pods.get(_PREFERRED) or ()):
            item_path = f"{path}.{kind}.{_PREFERRED}[{index}]"
            yield from _weight(item_path, term)
            yield from _pod_term(f"{item_path}.podAffinityTerm", term.get("podAffinityTerm") or {})


def _weight(path: str, term: Data) -> Errors:
    if not 1 <= term.get("weight", 0) <= 100:
        yield errors.invalid(f"{path}.weight", term.get("weight", 0), "must be in the range 1-100")


def node_selector(path: str, given: Data) -> Errors:
    terms = given.get("nodeSelectorTerms") or ()
    if not terms:
        yield errors.required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")
    for index, term in enumerate(terms):
        yield from _node_selector_term(f"{path}.nodeSelectorTerms[{index}]", term)


def _node_selector_term(path: str, term: Data, *, strict: bool = True) -> Errors:
    for index, requirement in enumerate(term.get("matchExpressions") or ()):
        yield from _node_requirement(f"{path}.matchExpressions[{index}]", requirement, strict)
    for index, requirement in enumerate(term.get("matchFields") or ()):
        yield from _field_requirement(f"{path}.matchFields[{index}]", requirement)


def _node_requirement(path: str, given: Data, strict: bool) -> Errors:
    """strict: the values must be such that a label can have them."""
    operator, wanted = given.get("operator", ""), given.get("values") or []
    if operator in ("In", "NotIn"):
        if not wanted:
            yield errors.required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if wanted:
            message = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield errors.forbidden_field(f"{path}.values", message)
    elif operator in ("Gt", "Lt"):
        if len(wanted) != 1:
            message = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            yield errors.required(f"{path}.values", message)
    else:
        yield errors.invalid(f"{path}.operator", operator, "not a valid selector operator")
    yield from values.text(f"{path}.key", given.get("key", ""), names.qualified_name)
    for index, value in enumerate(wanted if strict else ()):
        yield from values.text(f"{path}.values[{index}]", value, names.label_value)


def _field_requirement(path: str, given: Data) -> Errors:
    operator, wanted = given.get("operator", ""), given.get("values") or []
    if operator not in ("In", "NotIn"):
        yield errors.invalid(f"{path}.operator", operator, "not a valid selector operator")
    elif len(wanted) != 1:
        message = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        yield errors.required(f"{path}.values", message)
    if given.get("key") != "metadata.name":
        yield errors.invalid(f"{path}.key", given.get("key", ""), "not a valid field selector key")
        return
    for index, value in enumerate(wanted):
        yield from values.text(f"{path}.values[{index}]", value, names.dns_subdomain)


def _pod_term(path: str, term: Data) -> Errors:
    yield from labels.selector(f"{path}.labelSelector", term.get("labelSelector"))
    yield from labels.selector(f"{path}.namespaceSelector", term.get("namespaceSelector"))
    for namespace in term.get("namespaces") or ():
        yield from values.text(f"{path}.namespace", namespace, names.dns_label)
    match, mismatch = term.get("matchLabelKeys") or [], term.get("mismatchLabelKeys") or []
    for field, keys in (("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)):
        yield from _label_keys(f"{path}.{field}", keys, "labelSelector" in term)
    for index, key in enumerate(match):
        if key in mismatch:
            message = "exists in both matchLabelKeys and mismatchLabelKeys"
            yield errors.invalid(f"{path}.matchLabelKeys[{index}]", key, message)
    topology_key = term.get("topologyKey", "")
    if not topology_key:
        yield errors.required(f"{path}.topologyKey", "can not be empty")
    yield from values.text(f"{path}.topologyKey", topology_key, names.qualified_name)


def _label_keys(path: str, keys: list[str], has_selector: bool) -> Errors:
    if keys and not has_selector:
        yield errors.forbidden_field(path, "must not be specified when labelSelector is not set")
        return
    for index, key in enumerate(keys):
        yield from values.text(f"{path}[{index}]", key, names.qualified_name)


# -- topology spread ------------------------------------------------------------------------------------------------


def topology_spread(path: str, given: list[Data]) -> Errors:
    for index, constraint in enumerate(given):
        item_path, action = f"{path}[{index}]", constraint.get("whenUnsatisfiable", "")
        if constraint.get("maxSkew", 0) <= 0:
            yield errors.invalid(f"{item_path}.maxSkew", constraint.get("maxSkew", 0), values.NOT_POSITIVE)
        if not constraint.get("topologyKey"):
            yield errors.required(f"{item_path}.topologyKey", "can not be empty")
        yield from values.optional_one_of(f"{item_path}.whenUnsatisfiable", action, ("DoNotSchedule", "ScheduleAnyway"))
        pair = (constraint.get("topologyKey", ""), action)
        if any(pair == (c.get("topologyKey", ""), c.get("whenUnsatisfiable", "")) for c in given[index + 1 :]):
            shown = f"{{{pair[0]}, {pair[1]}}}"
            yield errors.duplicate(f"{item_path}.{{topologyKey, whenUnsatisfiable}}", shown)
        yield from _spread_details(item_path, constraint, action)


def _spread_details(path: str, constraint: Data, action: str) -> Errors:
    if "minDomains" in constraint:
        least = constraint["minDomains"]
        if least <= 0:
            yield errors.invalid(f"{path}.minDomains", least, values.NOT_POSITIVE)
        if action != "DoNotSchedule":
            message = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
            yield errors.invalid(f"{path}.minDomains", least, message)
    for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        yield from values.optional_one_of(f"{path}.{field}", constraint.get(field), _POLICIES)
    selector = constraint.get("labelSelector")
    keys = constraint.get("matchLabelKeys") or []
    yield from _label_keys(f"{path}.matchLabelKeys", keys, selector is not None)
    selected = {*((selector or {}).get("matchLabels") or {})}
    selected |= {e.get("key") for e in (selector or {}).get("matchExpressions") or ()}
    for index, key in enumerate(keys):
        if key in selected:
            message = "exists in both matchLabelKeys and labelSelector"
            yield errors.invalid(f"{path}.matchLabelKeys[{index}]", key, message)
    yield from labels.selector(f"{path}.labelSelector", selector)
