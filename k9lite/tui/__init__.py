"""The dashboard. Holds a Client and manifests; never the engine, so that a remote cluster looks the same.

app      a thin Textual App: themes, screens, start and stop
actions  the one table of what keys do; help, palette, footer and bindings are made from it
views    what each pane and table shows, as data
feed     the objects of the cluster as informers see them, and the pace at which changes are painted
widgets  tables, line views and panes that draw; screens put them together, one .py and one .tcss each
"""
