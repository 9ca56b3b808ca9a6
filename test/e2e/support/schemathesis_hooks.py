"""What schemathesis needs to know of the service beyond docs/openapi.yaml (SCHEMATHESIS_HOOKS)."""

import os

import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

credentials = Credentials(
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_SESSION_TOKEN"]
)
# What API Gateway has to verify; every other header is sent as it is.
signed_headers = {"content-type", "host"}


class SignedRequests(requests.auth.AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        headers = {name: value for name, value in request.headers.items() if name.lower() in signed_headers}
        to_sign = AWSRequest(request.method, request.url, data=request.body or b"", headers=headers)
        SigV4Auth(credentials, "execute-api", os.environ["AWS_REGION"]).add_auth(to_sign)
        request.headers.update(to_sign.headers)
        return request


schemathesis.auth.set_from_requests(SignedRequests())


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the made-up providers give way to one that exists, so that tokens are vended, too."""
    provider = path_parameters.get("provider") if path_parameters else None
    if isinstance(provider, str) and len(provider) % 2 == 1:
        path_parameters["provider"] = "oidc"
    return path_parameters
