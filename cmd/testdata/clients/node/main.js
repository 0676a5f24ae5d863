// A partner's app in the style of the guide's example: express for the callback, client-oauth2 for the flow. It is started
// with the addresses of a sandbox in place of Segment's, clicks its own link, prints what happened, and ends.
const crypto = require("node:crypto");
const ClientOAuth2 = require("client-oauth2");
const express = require("express");

const { CLIENT_ID, CLIENT_SECRET, SEGCTL_REDIRECT_URL } = process.env;
const id = process.env.SEGCTL_ID_URL || "https://id.segmentapis.com";
const api = (process.env.SEGCTL_API_URL || "https://platform.segmentapis.com") + "/v1beta/";
const redirect = new URL(SEGCTL_REDIRECT_URL);

const segment = new ClientOAuth2({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  authorizationUri: id + "/oauth2/auth",
  accessTokenUri: id + "/oauth2/token",
  redirectUri: SEGCTL_REDIRECT_URL,
  scopes: ["destination/clearbrain"],
});
const state = crypto.randomBytes(16).toString("hex");

async function call(method, path, authorization, body) {
  const answer = await fetch(api + path, {
    method,
    headers: { Authorization: authorization, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

async function enable(bearer, source) {
  const name = source + "/destinations/clearbrain";
  const destination = { name, enabled: true, config: [{ name: name + "/config/apiKey", value: "abcd1234" }] };
  const created = await call("POST", source + "/destinations", bearer, { destination });
  if (!created.body.error?.includes("destination already exists")) return `created: ${created.status} ${created.body.enabled}`;
  const update_mask = { paths: ["destination.enabled", "destination.config"] };
  const updated = await call("PATCH", name, bearer, { destination, update_mask });
  return `updated: ${updated.status} ${updated.body.enabled}`;
}

const app = express();
app.get("/auth/segment", (request, response) => response.redirect(segment.code.getUri({ state })));
app.get(redirect.pathname, async (request, response) => {
  const token = await segment.code.getToken(request.originalUrl, { state });
  const { install_name: install, source_names: sources } = token.data;
  const bearer = "Bearer " + token.accessToken;
  const lines = [`installed ${install} on ${sources[0]}`];
  lines.push(await enable(bearer, sources[0]));
  lines.push(await enable(bearer, sources[0]));
  const basic = "Basic " + Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
  const fresh = await call("GET", install + "/token", basic);
  const name = sources[0] + "/destinations/clearbrain";
  lines.push(`with the old token: ${(await call("GET", name, bearer)).status}`);
  lines.push(`with the new token: ${(await call("GET", name, "Bearer " + fresh.body.access_token)).status}`);
  response.send(lines.join("\n"));
});

const server = app.listen(Number(redirect.port), "127.0.0.1", async () => {
  const base = `http://127.0.0.1:${redirect.port}`;
  const wrong = await fetch(`${base}${redirect.pathname}?code=stolen&state=wrong`);
  console.log(`wrong state: ${wrong.status}`);
  console.log(await (await fetch(`${base}/auth/segment`)).text());
  server.close();
  server.closeAllConnections();
});
