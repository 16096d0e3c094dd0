"""Objects in a bucket: stores that speak S3, reached by HMAC keys (presigned URLs) or by IAM tokens."""
