"""What decides where a pod may run: taints, node affinity, pod affinity, topology spread. Pure rules, no cluster."""
