import base64, json, os, unittest
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None  # the redirect goes to the App: its URL is all that is wanted


class InstallTest(unittest.TestCase):
    def test_install_and_create(self):
        env, redirect = os.environ, os.environ["SEGCTL_REDIRECT_URL"]
        query = urlencode({"response_type": "code", "client_id": env["CLIENT_ID"], "redirect_uri": redirect,
                           "scope": "destination/clearbrain", "state": "12345678"})
        with self.assertRaises(HTTPError) as consent:
            build_opener(Stay).open(f"{env['SEGCTL_ID_URL']}/oauth2/auth?{query}")
        consent.exception.close()
        code = parse_qs(urlsplit(consent.exception.headers["Location"]).query)["code"][0]
        basic = "Basic " + base64.b64encode(f"{env['CLIENT_ID']}:{env['CLIENT_SECRET']}".encode()).decode()
        form = urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}).encode()
        with urlopen(Request(env["SEGCTL_ID_URL"] + "/oauth2/token", form, {"Authorization": basic})) as answer:
            grant = json.load(answer)
        source = grant["source_names"][0]
        name = f"{source}/destinations/clearbrain"
        body = {"destination": {"name": name, "enabled": True, "config": [{"name": name + "/config/apiKey", "value": "abcd1234"}]}}
        headers = {"Authorization": "Bearer " + grant["access_token"], "Content-Type": "application/json"}
        with urlopen(Request(f"{env['SEGCTL_API_URL']}/v1beta/{source}/destinations", json.dumps(body).encode(), headers)) as created:
            self.assertTrue(json.load(created)["enabled"])


if __name__ == "__main__":
    unittest.main()
