"""kubelet: pod lifecycle, probes, images, on simulated or real containers. Holds a Client; runtimes have a protocol."""
