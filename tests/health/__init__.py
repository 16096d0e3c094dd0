"""Health checks and the doctor, in this process, against a simulator that can be made to misbehave."""
