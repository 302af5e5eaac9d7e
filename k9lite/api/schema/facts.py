"""Facts about the built-in types that their models do not carry; named `<type>.<field>`, or `<field>` where all agree.

Which lists and maps merge and by what key: the x-kubernetes-* extensions of Kubernetes' OpenAPI document.
Go's names of string types, which messages about values of a wrong type mention.
"""

# Lists of objects that merge by key, in server-side apply and (by the first key alone) in strategic merge patches.
_KEYED = {
    ("name",): """
        MutatingAdmissionPolicySpec.matchConditions MutatingWebhook.matchConditions
        MutatingWebhookConfiguration.webhooks ValidatingAdmissionPolicySpec.matchConditions
        ValidatingAdmissionPolicySpec.variables
        ValidatingWebhook.matchConditions ValidatingWebhookConfiguration.webhooks Container.env EphemeralContainer.env
        ContainerStatus.allocatedResourcesStatus PodSpec.containers PodSpec.ephemeralContainers PodSpec.imagePullSecrets
        PodSpec.initContainers PodSpec.schedulingGates PodSpec.resourceClaims PodSpec.volumes
        PodStatus.resourceClaimStatuses ServiceAccount.secrets CSINodeSpec.drivers""",
    ("type",): """
        DaemonSetStatus.conditions DeploymentStatus.conditions ReplicaSetStatus.conditions StatefulSetStatus.conditions
        HorizontalPodAutoscalerStatus.conditions ComponentStatus.conditions NamespaceStatus.conditions
        NodeStatus.addresses NodeStatus.conditions PersistentVolumeClaimStatus.conditions PodStatus.conditions
        ReplicationControllerStatus.conditions ServiceStatus.conditions FlowSchemaStatus.conditions
        PriorityLevelConfigurationStatus.conditions ServiceCIDRStatus.conditions PodDisruptionBudgetStatus.conditions
        APIServiceStatus.conditions""",
    ("containerPort", "protocol"): "Container.ports EphemeralContainer.ports",
    ("devicePath",): "Container.volumeDevices EphemeralContainer.volumeDevices",
    ("mountPath",): "Container.volumeMounts ContainerStatus.volumeMounts EphemeralContainer.volumeMounts",
    ("ip",): "PodSpec.hostAliases PodStatus.podIPs",
    ("topologyKey", "whenUnsatisfiable"): "PodSpec.topologySpreadConstraints",
    ("port", "protocol"): "ServiceSpec.ports",
    ("uid",): "ObjectMeta.ownerReferences ResourceClaimStatus.reservedFor",
    ("rule",): "JSONSchemaProps.x-kubernetes-validations",
}
# The same, but a strategic merge patch replaces them whole.
_KEYED_IN_APPLY = {
    ("type",): """
        ValidatingAdmissionPolicyStatus.conditions CertificateSigningRequestStatus.conditions
        AllocatedDeviceStatus.conditions CustomResourceDefinitionStatus.conditions""",
    ("name",): "ResourceRequirements.claims",
    ("resourceID",): "ResourceStatus.resources",
    ("driver", "device", "pool", "shareID"): "ResourceClaimStatus.devices",
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


LIST_KEYS = {
    name: keys for table in (_KEYED, _KEYED_IN_APPLY) for keys, names in table.items() for name in names.split()
}
MERGE_KEYS = {name: keys[0] for keys, names in _KEYED.items() for name in names.split()} | {
    "JobStatus.conditions": "type",  # atomic in server-side apply
    "PodStatus.hostIPs": "ip",
}
# A key that an item may lack, and what it then is.
KEY_DEFAULTS = {"ContainerPort.protocol": "TCP", "ServicePort.protocol": "TCP"}

SETS = _names("""
    ValidatingAdmissionPolicyBindingSpec.validationActions PodFailurePolicyOnExitCodesRequirement.values
    UncountedTerminatedPods.failed UncountedTerminatedPods.succeeded ContainerRestartRuleOnExitCodes.values
    NodeAllocatableResourceClaimStatus.containers Endpoint.addresses NonResourcePolicyRule.nonResourceURLs
    NonResourcePolicyRule.verbs ResourcePolicyRule.apiGroups ResourcePolicyRule.namespaces ResourcePolicyRule.resources
    ResourcePolicyRule.verbs CSIDriverSpec.volumeLifecycleModes NodeSpec.podCIDRs ObjectMeta.finalizers
""")
MERGED_SETS = _names("NodeSpec.podCIDRs ObjectMeta.finalizers")  # in strategic merge patches

ATOMIC_TYPES = _names("""
    MatchResources NamedRuleWithOperations ParamKind ParamRef Variable CrossVersionObjectReference ConfigMapKeySelector
    EndpointAddress EndpointPort FileKeySelector LocalObjectReference NodeSelector NodeSelectorTerm ObjectFieldSelector
    ObjectReference ResourceFieldSelector ScopeSelector SecretKeySelector SecretReference TopologySelectorTerm
    TypedLocalObjectReference ServiceBackendPort RoleRef Subject LabelSelector OwnerReference
""")
ATOMIC_MAPS = _names(
    "PodSpec.nodeSelector ReplicationControllerSpec.selector ServiceSpec.selector Scheduling.nodeSelector"
)
NOT_ATOMIC = _names("""
    PersistentVolumeSpec.claimRef HorizontalPodAutoscalerSpec.scaleTargetRef ObjectMetricSource.describedObject
    ObjectMetricStatus.describedObject
""")
REPLACED = _names("PodDisruptionBudgetSpec.selector")  # whole, by a strategic merge patch

# Go's names of types that are texts in JSON, for messages about values of a wrong type.
GO_NAMES = {
    "PodSpec.restartPolicy": "v1.RestartPolicy",
    "PodSpec.dnsPolicy": "v1.DNSPolicy",
    "Container.restartPolicy": "v1.ContainerRestartPolicy",
    "imagePullPolicy": "v1.PullPolicy",
    "terminationMessagePolicy": "v1.TerminationMessagePolicy",
    "preemptionPolicy": "v1.PreemptionPolicy",
    "protocol": "v1.Protocol",
    "ServiceSpec.type": "v1.ServiceType",
    "sessionAffinity": "v1.ServiceAffinity",
    "externalTrafficPolicy": "v1.ServiceExternalTrafficPolicy",
    "ipFamilyPolicy": "v1.IPFamilyPolicy",
    "internalTrafficPolicy": "v1.ServiceInternalTrafficPolicy",
    "ipFamilies": "v1.IPFamily",
    "DeploymentStrategy.type": "v1.DeploymentStrategyType",
    "Secret.type": "v1.SecretType",
    "StatefulSetUpdateStrategy.type": "v1.StatefulSetUpdateStrategyType",
    "DaemonSetUpdateStrategy.type": "v1.DaemonSetUpdateStrategyType",
    "effect": "v1.TaintEffect",
    "Toleration.operator": "v1.TolerationOperator",
    "LabelSelectorRequirement.operator": "v1.LabelSelectorOperator",
    "NodeSelectorRequirement.operator": "v1.NodeSelectorOperator",
    "scheme": "v1.URIScheme",
    "whenUnsatisfiable": "v1.UnsatisfiableConstraintAction",
    "ObjectMeta.uid": "types.UID",
    "OwnerReference.uid": "types.UID",
    "accessModes": "v1.PersistentVolumeAccessMode",
    "volumeMode": "v1.PersistentVolumeMode",
    "PodStatus.phase": "v1.PodPhase",
    "addressType": "v1.AddressType",
    "NamespaceStatus.phase": "v1.NamespacePhase",
    "Capabilities.add": "v1.Capability",
    "Capabilities.drop": "v1.Capability",
    "medium": "v1.StorageMedium",
    "completionMode": "v1.CompletionMode",
    "podManagementPolicy": "v1.PodManagementPolicyType",
    "concurrencyPolicy": "v1.ConcurrencyPolicy",
    "pathType": "v1.PathType",
    "policyTypes": "v1.PolicyType",
    "PodCondition.type": "v1.PodConditionType",
    "mountPropagation": "v1.MountPropagationMode",
    "ReclaimPolicy": "v1.PersistentVolumeReclaimPolicy",
}
