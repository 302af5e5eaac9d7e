"""The dashboard. Holds a Client and manifests; never the engine, so that a remote cluster looks the same.

app, restoring  a thin Textual App: themes, screens, start and stop; and what was on the screen last time
handlers        what each action does
screens         widgets put together, one .py and one .tcss each
widgets         tables, line views and panes that draw
keys            the one table of what keys do; help, palette, footer and bindings are made from it
live            what follows the cluster, and the pace at which changes are painted
session         where the user is and has been
editing         manifests in the editor
display         how things are shown, as data
writes          what the dashboard writes to a cluster, and how it is taken back
"""
