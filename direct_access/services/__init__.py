"""Services that run quantum jobs, behind one protocol (:class:`direct_access.services.protocol.JobService`)."""
