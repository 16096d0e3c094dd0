"""What a job costs: our command beside QRMI's ``task_runner`` and bare HTTP, on one server, in one run."""
