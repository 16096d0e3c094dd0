"""IBM Cloud IAM, as much of it as an API key's token needs: https://cloud.ibm.com/apidocs/iam-identity-token-api"""
