"""`k9lite kubeconfig [--merge]`: how kubectl finds a cluster."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from k9lite.cli import options, remote
from k9lite.cli.commands import Failure
from k9lite.engine.http.kubeconfig import merge_into


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("kubeconfig", "Print the path of a cluster's kubeconfig.")
    parser.add_argument("--merge", action="store_true", help="add it to $KUBECONFIG, or to ~/.kube/config")
    options.add_which(parser)
    given = parser.parse_args(arguments)
    path = remote.kubeconfig(options.settings_from(given))
    if not given.merge:
        print(path)
        return 0
    target = own_kubeconfig(os.environ)
    try:
        merge_into(target, yaml.safe_load(path.read_text()))
    except (OSError, ValueError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())  # YAML's mistakes take several lines
        raise Failure(f"{target} was not changed: {why}") from None
    print(f"added to {target}; kubectl uses it now")
    return 0


def own_kubeconfig(environment: Mapping[str, str]) -> Path:
    """The user's own: the first of $KUBECONFIG, else the default place. Failure for a user without a home folder."""
    first = environment.get("KUBECONFIG", "").split(os.pathsep)[0]
    if first:
        return Path(first)
    try:
        return Path.home() / ".kube" / "config"
    except RuntimeError:
        raise Failure("this user has no home folder: set KUBECONFIG to the file to add to") from None
