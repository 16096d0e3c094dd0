"""A faithful on-prem quantum system on loopback: IAM, the REST API, an object store, real circuit execution.

It shares ``clock`` and ``units`` with the rest and nothing else: if it used our client, our signing or our
shapes, both could be wrong together.
"""
