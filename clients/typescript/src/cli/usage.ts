export const usage = `token-vending token PROVIDER [--json] [options]        prints an access token
token-vending exec PROVIDER [options] -- COMMAND ...   runs COMMAND with the token in ACCESS_TOKEN
token-vending proxy PROVIDER --to URL [--port N]       serves URL on 127.0.0.1, the token added to each request

  --endpoint URL     of the vending service, with its stage; default: $TOKEN_VENDING_ENDPOINT
  --region REGION    default: as the endpoint's host name says, or $AWS_REGION
  --scope SCOPES     space-separated; default: the provider's
  --min-ttl SECONDS  the life that the token should have left (token, exec)
  --json             the answer's fields and expires_at (token)
  --to URL           the provider's API (proxy)
  --port N           the proxy's; default: any free one
  --help             this text
  --version

AWS credentials come from where the AWS CLI and SDKs find them.

Examples
  token-vending token prove
  curl -H "Authorization: Bearer $(token-vending token prove)" https://platform.uat.proveapis.com/v3/…
  token-vending token prove --json | jq -r .expires_at
  token-vending exec prove -- ./send-report.sh
  token-vending proxy prove --to https://platform.uat.proveapis.com --port 8080

The proxy replaces a token that the API refuses, and sends the request again. Everybody on this machine can use it.

Exit codes
    0  done
    1  unexpected failure
    2  wrong usage
    3  not allowed: the signature or IAM says no, or there are no AWS credentials
    4  refused: no such provider, wrong scope; asking again will not help
    5  unavailable: asking again later may help
    6  the service or the provider is at fault
  exec ends with COMMAND's own exit code (128 + n after signal n), or with
  125  no token could be had
  126  COMMAND cannot be run
  127  COMMAND cannot be found
`;
