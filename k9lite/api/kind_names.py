"""What clients may say instead of the plural name of a built-in kind."""

# What clients may type instead of the plural, and the groups of kinds they may ask for at once.
SHORT_NAMES = {
    "configmaps": ["cm"],
    "endpoints": ["ep"],
    "events": ["ev"],
    "limitranges": ["limits"],
    "namespaces": ["ns"],
    "nodes": ["no"],
    "persistentvolumeclaims": ["pvc"],
    "persistentvolumes": ["pv"],
    "pods": ["po"],
    "replicationcontrollers": ["rc"],
    "resourcequotas": ["quota"],
    "serviceaccounts": ["sa"],
    "services": ["svc"],
    "customresourcedefinitions": ["crd", "crds"],
    "daemonsets": ["ds"],
    "deployments": ["deploy"],
    "replicasets": ["rs"],
    "statefulsets": ["sts"],
    "horizontalpodautoscalers": ["hpa"],
    "cronjobs": ["cj"],
    "certificatesigningrequests": ["csr"],
    "ingresses": ["ing"],
    "networkpolicies": ["netpol"],
    "poddisruptionbudgets": ["pdb"],
    "priorityclasses": ["pc"],
    "storageclasses": ["sc"],
    "ipaddresses": ["ip"],
    "volumeattributesclasses": ["vac"],
    "componentstatuses": ["cs"],
}
CATEGORY_ALL = {
    "pods",
    "replicationcontrollers",
    "services",
    "daemonsets",
    "deployments",
    "replicasets",
    "statefulsets",
    "horizontalpodautoscalers",
    "cronjobs",
    "jobs",
}
CATEGORY_EXTENSIONS = {
    "apiservices",
    "customresourcedefinitions",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
}


def categories(plural: str) -> tuple[str, ...]:
    """The groups of kinds that a built-in one belongs to."""
    named = (("all", CATEGORY_ALL), ("api-extensions", CATEGORY_EXTENSIONS))
    return tuple(name for name, plurals in named if plural in plurals)
