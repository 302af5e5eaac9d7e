"""A folder of manifests: apply it, prune what left it, follow it.

scanning   what is in a folder
resolving  which object each document describes; checking says what is wrong with it without a cluster
applying   one object to a cluster, or what that would change; refusals puts the server's errors at their lines
pruning    what has left the folder; drift: what is no longer as the folder has it
deciding   what is to be done about a folder; picture: what others see of it
sync       holds these together and follows a folder; watching tells it when to look, state is what it shows

Knows the Client protocol, no engine.
"""
