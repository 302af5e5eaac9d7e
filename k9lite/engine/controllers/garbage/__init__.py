"""The garbage collector: what is left without its owners goes too (pkg/controller/garbagecollector)."""
