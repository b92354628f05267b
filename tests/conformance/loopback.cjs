// `emulate` 0.11 takes no host and would listen on every interface: this makes it 127.0.0.1.
const net = require("net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  if (typeof port !== "number") return listen.call(this, port, ...rest);
  return listen.call(this, { port, host: "127.0.0.1" }, rest.find((item) => typeof item === "function"));
};
