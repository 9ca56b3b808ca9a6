"""Vends one token: signed by botocore for a host name of one's own, sent to the local gateway's port.

Credentials and region come from the environment, as for every AWS SDK. Prints the status and the token's type.
"""

import http.client
import json
import sys
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

url, gateway = sys.argv[1], urlsplit(sys.argv[2])
session = Session()
body = "grant_type=client_credentials"
headers = {"content-type": "application/x-www-form-urlencoded"}
request = AWSRequest(method="POST", url=url, data=body, headers=headers)
SigV4Auth(session.get_credentials(), "execute-api", session.get_config_variable("region")).add_auth(request)

connection = http.client.HTTPConnection(gateway.hostname, gateway.port)
sent = {"Host": urlsplit(url).netloc, **dict(request.headers.items())}
connection.request("POST", urlsplit(url).path, body, sent)
answer = connection.getresponse()
print(answer.status, json.loads(answer.read()).get("token_type"))
