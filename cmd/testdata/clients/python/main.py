"""A program written for Segment with nothing but Python's library, and the real host names built in."""

import base64
import http.server
import json
import os
import threading
import urllib.error
import urllib.parse
import urllib.request

API = "https://platform.segmentapis.com/v1beta/"
ID, SECRET, REDIRECT = (os.environ[n] for n in ("CLIENT_ID", "CLIENT_SECRET", "SEGCTL_REDIRECT_URL"))
BASIC = "Basic " + base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
seen = {}


class Callback(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.update(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


def call(method, url, authorization, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Authorization": authorization, "Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


server = http.server.HTTPServer(("127.0.0.1", urllib.parse.urlsplit(REDIRECT).port), Callback)
threading.Thread(target=server.serve_forever, daemon=True).start()
query = {"response_type": "code", "client_id": ID, "redirect_uri": REDIRECT, "scope": "destination/clearbrain", "state": "a-state-of-its-own"}
urllib.request.urlopen("https://id.segmentapis.com/oauth2/auth?" + urllib.parse.urlencode(query)).close()
assert seen["state"] == "a-state-of-its-own", seen

form = urllib.parse.urlencode({"grant_type": "authorization_code", "code": seen["code"], "redirect_uri": REDIRECT}).encode()
exchange = urllib.request.Request("https://id.segmentapis.com/oauth2/token", form, {"Authorization": BASIC})
grant = json.load(urllib.request.urlopen(exchange))
print("installed", grant["install_name"], "on", grant["source_names"][0])

destination = grant["source_names"][0] + "/destinations/clearbrain"
config = [{"name": destination + "/config/apiKey", "value": "abcd1234"}]
spec = {"destination": {"name": destination, "enabled": True, "config": config}}
bearer = "Bearer " + grant["access_token"]
for _ in range(2):
    status, answer = call("POST", API + grant["source_names"][0] + "/destinations", bearer, spec)
    if "destination already exists" in answer.get("error", ""):
        mask = {"paths": ["destination.enabled", "destination.config"]}
        status, answer = call("PATCH", API + destination, bearer, {**spec, "update_mask": mask})
        print("updated: ", end="")
    print(status, answer["enabled"])

_, fresh = call("GET", API + grant["install_name"] + "/token", BASIC)
print("with the old token:", call("GET", API + destination, bearer)[0])
print("with the new token:", call("GET", API + destination, "Bearer " + fresh["access_token"])[0])
try:
    urllib.request.urlopen("https://example.com/")
except urllib.error.URLError:
    print("elsewhere: refused")
