"""What ``python /opt/direct-access/lib`` runs."""

from direct_access._console import run

run()
