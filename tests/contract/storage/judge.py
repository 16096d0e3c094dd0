"""Who looks at a bucket without a line of ours."""

from __future__ import annotations


class Judge:
    """An SDK and a bucket."""

    def __init__(self, client, bucket):
        self._client = client
        self._bucket = bucket

    def read(self, name):
        return self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()

    def write(self, name, content):
        self._client.put_object(Bucket=self._bucket, Key=name, Body=content)

    def size(self, name):
        return self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"]

    def metadata(self, name):
        return self._client.head_object(Bucket=self._bucket, Key=name)["Metadata"]

    def delete(self, names):
        for name in names:
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def names(self, prefix):
        found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]
