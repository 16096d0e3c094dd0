"""What the refusals of servers mean: one form of rules for IAM, the REST APIs and object stores alike."""
