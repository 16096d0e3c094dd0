"""IAM tokens: fetched with an API key, shared by the processes of a user on a node."""
