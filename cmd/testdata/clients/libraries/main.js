// The same two requests with each HTTP library that partners' programs use, to Segment's own names: a token request, whose
// code is wrong, and a list of workspaces. Nothing here knows of a sandbox.
const https = require("node:https");
const http2 = require("node:http2");
const net = require("node:net");
const tls = require("node:tls");

const id = "https://id.segmentapis.com/oauth2/token";
const api = "https://platform.segmentapis.com/v1beta/workspaces";
const { CLIENT_ID, CLIENT_SECRET } = process.env;
const form = "grant_type=authorization_code&code=wrong&redirect_uri=http%3A%2F%2Flocalhost%2F";
const basic = "Basic " + Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
const post = { Authorization: basic, "Content-Type": "application/x-www-form-urlencoded" };
const get = { Authorization: "Bearer t0ken" };

// Each returns [error of the token request, first workspace].
const libraries = {
  async "client-oauth2"() { // its HTTP is popsicle's
    const ClientOAuth2 = require("client-oauth2");
    const segment = new ClientOAuth2({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, accessTokenUri: id, redirectUri: "http://localhost/" });
    const error = await segment.code.getToken("http://localhost/?code=wrong").catch((e) => e.body.error);
    const popsicle = require("popsicle");
    return [error, await (await popsicle.fetch(api, { headers: get })).json()];
  },
  async request() {
    const request = require("request");
    const call = (options) => new Promise((done, failed) => request(options, (error, _, body) => (error ? failed(error) : done(JSON.parse(body)))));
    return [(await call({ method: "POST", url: id, headers: post, body: form })).error, await call({ url: api, headers: get })];
  },
  "axios-0.21": () => axios(require("axios-0.21")),
  "axios-1.6": () => axios(require("axios-1.6")),
  async got() {
    const got = require("got");
    const options = { throwHttpErrors: false, responseType: "json", retry: 0 };
    return [(await got.post(id, { ...options, headers: post, body: form })).body.error, (await got(api, { ...options, headers: get })).body];
  },
  async superagent() {
    const superagent = require("superagent");
    const refused = await superagent.post(id).set(post).send(form).ok(() => true);
    return [refused.body.error, (await superagent.get(api).set(get)).body];
  },
  async needle() {
    const needle = require("needle");
    return [(await needle("post", id, form, { headers: post })).body.error, (await needle("get", api, { headers: get })).body];
  },
  "node-fetch": () => fetched(require("node-fetch")),
  undici: () => fetched(require("undici").fetch),
  "built-in fetch": () => fetched(fetch),
  async https() {
    const call = (url, options, body) => new Promise((done, failed) => {
      const sent = https.request(url, options, (answer) => {
        const pieces = [];
        answer.on("data", (piece) => pieces.push(piece)).on("end", () => done(JSON.parse(Buffer.concat(pieces))));
      });
      sent.on("error", failed).end(body);
    });
    // Neither the case of a name nor a dot at its end matters, and authorities of one's own are not asked.
    const ca = tls.rootCertificates[0];
    return [(await call(id.replace("id.segmentapis.com", "ID.SegmentAPIs.com."), { method: "POST", headers: post, ca }, form)).error, await call(api, { headers: get })];
  },
  async "got with http2"() {
    const got = require("got");
    const answer = await got(api, { responseType: "json", headers: get, http2: true });
    return [`HTTP/${answer.httpVersion}`, answer.body];
  },
  async http2() {
    const session = http2.connect("https://eu1.api.segmentapis.com");
    const stream = session.request({ ":path": "/v1beta/workspaces", authorization: get.Authorization });
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    session.close();
    return ["HTTP/2", JSON.parse(Buffer.concat(pieces))];
  },
  async "import of tls"() {
    const { connect } = await import("node:tls");
    const socket = connect(443, "PLATFORM.SegmentAPIs.com.", { ca: tls.rootCertificates[0] });
    socket.end(`GET /v1beta/workspaces HTTP/1.0\r\nHost: platform.segmentapis.com\r\nAuthorization: ${get.Authorization}\r\n\r\n`);
    const pieces = [];
    for await (const piece of socket) pieces.push(piece);
    return ["HTTP/1.0", JSON.parse(Buffer.concat(pieces).toString().split("\r\n\r\n")[1])];
  },
  async "a worker"() {
    const { Worker } = require("node:worker_threads");
    const source = `fetch("${api}", { headers: { Authorization: "Bearer t0ken" } }).then((a) => a.json()).then((b) => require("node:worker_threads").parentPort.postMessage(b))`;
    const worker = new Worker(source, { eval: true });
    return ["a thread", await new Promise((done, failed) => worker.on("message", done).on("error", failed))];
  },
  async "plain http"() {
    const refused = await new Promise((done) => net.connect(80, "platform.segmentapis.com").on("error", done).on("connect", () => done({ code: "connected" })));
    return [refused.code, { workspaces: [{ name: "nothing" }] }];
  },
};

async function axios(library) {
  const refused = await library.post(id, form, { headers: post, validateStatus: null });
  return [refused.data.error, (await library.get(api, { headers: get })).data];
}

async function fetched(fetch) {
  const refused = await fetch(id, { method: "POST", headers: post, body: form });
  return [(await refused.json()).error, await (await fetch(api, { headers: get })).json()];
}

// Another server is reached and trusted as the program says.
function elsewhere() {
  const { ELSEWHERE_URL, ELSEWHERE_CA } = process.env;
  return new Promise((done) => https.get(ELSEWHERE_URL, { ca: ELSEWHERE_CA }, (answer) => done(answer.statusCode)).on("error", (e) => done(e.message)));
}

(async () => {
  for (const [name, run] of Object.entries(libraries)) {
    const [error, list] = await run().catch((e) => [e.cause?.message ?? e.message, {}]);
    console.log(`${name}: ${error}, ${list.workspaces?.[0].name}`);
  }
  console.log(`elsewhere: ${await elsewhere()}`);
  console.log(`node options: ${process.env.NODE_OPTIONS.replace(/^--require="?.*?preload.cjs"? /, "")}`);
  process.exit(); // libraries keep connections open
})();
