import assert from "node:assert/strict";
import test from "node:test";

const { SEGCTL_ID_URL, SEGCTL_API_URL, SEGCTL_REDIRECT_URL: redirect_uri, CLIENT_ID, CLIENT_SECRET } = process.env;

test("the App is installed and creates its destination", async () => {
  const query = new URLSearchParams({ response_type: "code", client_id: CLIENT_ID, redirect_uri, scope: "destination/clearbrain", state: "12345678" });
  const consent = await fetch(`${SEGCTL_ID_URL}/oauth2/auth?${query}`, { redirect: "manual" });
  const code = new URL(consent.headers.get("location")).searchParams.get("code");
  const basic = "Basic " + Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
  const form = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri });
  const exchange = await fetch(`${SEGCTL_ID_URL}/oauth2/token`, { method: "POST", headers: { authorization: basic }, body: form });
  const { access_token, source_names: [source] } = await exchange.json();
  const name = `${source}/destinations/clearbrain`;
  const body = JSON.stringify({ destination: { name, enabled: true, config: [{ name: `${name}/config/apiKey`, value: "abcd1234" }] } });
  const created = await fetch(`${SEGCTL_API_URL}/v1beta/${source}/destinations`, { method: "POST", headers: { authorization: "Bearer " + access_token }, body });
  assert.equal(created.status, 200);
  assert.equal((await created.json()).enabled, true);
});
