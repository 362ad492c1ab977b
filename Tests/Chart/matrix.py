"""The combinations of values that the tests try, each with what must hold in its render.

Every combination is also linted, checked against the schemas of Kubernetes and held to the
platforms' rules: see test_matrix.py.
"""

from combinations_cluster import CLUSTER
from combinations_extras import EXTRAS
from combinations_nodes import NODES
from combinations_server import SERVER
from combinations_webhooks import WEBHOOKS

COMBINATIONS = WEBHOOKS + SERVER + CLUSTER + EXTRAS + NODES
