// Node.js loads this file before a program that `segctl sandbox run --intercept` starts. It leads TLS connections to the
// intercepted names to the sandbox, below every HTTP library, and makes them trust the sandbox's authority. Everything else
// is as it was. `sandbox` is written in front of it: {names, port, authority}.
const mark = Symbol.for("segctl.sandbox.intercept");
if (!globalThis[mark]) { // of sandboxes within sandboxes, the innermost is loaded first
  Object.defineProperty(globalThis, mark, { value: true });
  const net = require("node:net");
  const tls = require("node:tls");

  // A name has no case, and may end with a dot.
  const canonical = (host) => String(host).toLowerCase().replace(/\.$/, "");
  const intercepted = (host) => typeof host === "string" && sandbox.names.includes(canonical(host));

  // net.Socket's connect is what every connection comes to, whoever makes it.
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    let given = args;
    const normalized = Array.isArray(args[0]); // net.connect and tls.connect hand on [options, callback]
    if (normalized) given = args[0];
    const isOptions = typeof given[0] === "object" && given[0] !== null;
    const { host, port, path } = isOptions ? given[0] : { host: given[1], port: given[0] };
    if (path || !intercepted(host)) return connect.apply(this, args);
    if (Number(port) !== 443) {
      const refused = new Error(`segctl sandbox: ${host} is answered over https on port 443 alone, not on port ${port}`);
      process.nextTick(() => this.destroy(Object.assign(refused, { code: "ECONNREFUSED", syscall: "connect" })));
      return this;
    }
    const there = { host: "127.0.0.1", port: sandbox.port };
    const changed = isOptions ? [{ ...given[0], ...there, lookup: undefined }, ...given.slice(1)] : [there.port, there.host, ...given.slice(2)];
    // Node marks the list with a symbol, and does not take it without.
    if (normalized) for (const symbol of Object.getOwnPropertySymbols(given)) changed[symbol] = given[symbol];
    this._host = host; // by which tls.connect names what it gets as a socket
    Object.defineProperty(this, "remotePort", { value: 443, configurable: true }); // HTTP/2 makes the origin of it
    return normalized ? connect.call(this, changed, ...args.slice(1)) : connect.apply(this, changed);
  };

  // Only a connection to one of the names trusts the authority, and trusts nothing else, whatever the program would trust.
  const secure = tls.connect;
  tls.connect = function (...args) {
    const at = args.findIndex((arg) => typeof arg === "object" && arg !== null);
    const options = at < 0 ? {} : args[at];
    const host = typeof args[1] === "string" ? args[1] : options.host;
    const name = options.servername || host || options.socket?._host;
    if (!intercepted(name)) return secure.apply(this, args);
    const changed = { ...options, ca: sandbox.authority, servername: canonical(name) };
    delete changed.secureContext; // it has authorities of its own
    if (at >= 0) args[at] = changed;
    else args.splice(args.findLastIndex((arg) => typeof arg !== "function" && arg !== undefined) + 1, 0, changed);
    return secure.apply(this, args);
  };
}
