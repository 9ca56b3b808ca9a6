#!/bin/sh
# A token with curl alone, 7.75 or later, and AWS credentials in the environment.
set -eu
provider=${1:-prove}
curl -sS --fail-with-body -X POST "$TOKEN_VENDING_ENDPOINT/tokens/$provider" \
  --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" \
  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
  -H "x-amz-security-token: $AWS_SESSION_TOKEN" \
  -d grant_type=client_credentials
