"""One path behind every command: plan, prepare, upload, submit, wait, collect, forget.

The runner knows :class:`direct_access.services.protocol.JobService` and nothing below it.
"""
