"""Services that run quantum jobs, behind :class:`direct_access.services.protocol.JobService`."""
