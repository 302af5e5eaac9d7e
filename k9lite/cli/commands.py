"""What commands there are, and how they say that they cannot go on."""

DASHBOARD = "dashboard"  # what runs when no command is named
COMMANDS = {
    "init": "write the sample manifests into a folder",
    "serve": "the cluster without the dashboard, until Ctrl-C",
    "check": "every mistake in a folder as file:line:column, without a cluster",
    "converge": "apply a folder, wait until it has come true, say what happened",
    "clusters": "list the clusters that are kept on disk, or remove one",
    "image": "list, load or remove images of a running cluster",
    "kubeconfig": "where kubectl finds a running cluster; --merge adds it to your own",
    "bench": "measure this machine",
}


class Failure(Exception):
    """A command cannot go on; the message is for the user."""


class Ended(Exception):
    """A signal has ended the command."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.exit_code = 128 + signal
