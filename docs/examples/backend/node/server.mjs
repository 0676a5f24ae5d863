// What a product's backend needs of segctl serve, in Node 18 or later, without a package: a button that makes a link for the
// signed-in customer, the page that the customer comes back to, and the receiver of webhooks.
//
//   ADDR            where it listens, such as 127.0.0.1:3000
//   SELF            its own public URL; segctl serve allows return URLs below it
//   SEGCTL_URL      the public URL of segctl serve
//   BACKEND_TOKEN   made by `segctl serve token create`
//   WEBHOOK_SECRET  the one that segctl serve signs with, whsec_…
//   DEMO_SESSION    the value of a session cookie, and
//   DEMO_CUSTOMER   who is signed in with it: they stand for your sessions
//
// Put your session, your customers' keys and your database where session, key and keep are.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { ADDR, SELF, SEGCTL_URL, BACKEND_TOKEN, WEBHOOK_SECRET = "", DEMO_SESSION, DEMO_CUSTOMER } = process.env;
const secret = Buffer.from(WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
if (secret.length < 24) throw new Error("WEBHOOK_SECRET is not set, or no secret");

// Says who is signed in. Make its cookie SameSite=Lax, so that no other site can press the button.
const session = (request) =>
  DEMO_SESSION && request.headers.cookie?.split("; ").includes(`session=${DEMO_SESSION}`) ? DEMO_CUSTOMER : undefined;
// What your destination needs to know of a customer.
const key = (customer) => `key-of-${customer}`;
// Stores an event once: the same one may come again.
const kept = new Set();
const keep = async (id, event) => kept.has(id) || (kept.add(id), console.log(event));

// Standard Webhooks: one of the signatures is ours, and it is not older than five minutes.
function verified(id, timestamp, signatures, text) {
  if (!id || !/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - timestamp) > 300) return false;
  const want = createHmac("sha256", secret).update(`${id}.${timestamp}.${text}`).digest();
  return (signatures ?? "").split(" ").some((one) => {
    const [version, signature = ""] = one.split(",");
    const got = Buffer.from(signature, "base64");
    return version === "v1" && got.length === want.length && timingSafeEqual(got, want);
  });
}

const routes = {
  "POST /connect": async (request) => {
    const customer = session(request);
    if (!customer) return [401, "sign in first"];
    const answer = await fetch(`${SEGCTL_URL}/v1/links`, {
      method: "POST",
      headers: { authorization: `Bearer ${BACKEND_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ customer, settings: { apiKey: key(customer) }, return_url: `${SELF}/connected` }),
    });
    if (!answer.ok) return [502, "connecting is not possible just now"];
    return [303, "", { location: `${(await answer.json()).url}?go=1` }]; // straight on: the button is pressed already
  },
  // The result in the URL is for the customer's eyes. What your product does next comes by webhook.
  "GET /connected": async (request, query) => {
    const [status, install, customer, id, timestamp, signature] =
      ["status", "install", "customer", "id", "timestamp", "signature"].map((name) => query.get(`segctl_${name}`) ?? "");
    const text = `status=${escape(status)}&install=${escape(install)}&customer=${escape(customer)}`;
    if (!verified(id, timestamp, signature, text) || session(request) !== customer) return [400, "this result is not yours, or too old"];
    return [200, `${customer}: ${status}`];
  },
  "POST /webhooks": async (request) => {
    const parts = [];
    let size = 0;
    for await (const part of request) {
      if ((size += part.length) > 65536) return [400, "too large"];
      parts.push(part);
    }
    const event = Buffer.concat(parts).toString();
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = request.headers;
    if (!verified(id, timestamp, signature, event)) return [400, "not signed by segctl serve, or too old"];
    await keep(id, event);
    return [204, ""];
  },
};

// As Go's url.QueryEscape: what the service signs.
function escape(value) {
  return encodeURIComponent(value).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase()).replace(/%20/g, "+");
}

const server = createServer(async (request, response) => {
  let answer = [404, "not found"];
  try {
    const url = new URL(request.url, SELF);
    const route = routes[`${request.method} ${url.pathname}`];
    if (route) answer = await route(request, url.searchParams);
  } catch (err) {
    console.error(err.message);
    answer = [500, "that did not work: try again"];
  }
  const [status, text, headers] = answer;
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(text);
});
const [, host, port] = ADDR.match(/^(.*):(\d+)$/);
server.listen(port, host, () => console.error(`listening on ${ADDR}`));
