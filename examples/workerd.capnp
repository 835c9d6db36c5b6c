# bun build examples/worker.ts --conditions workerd --external 'node:*' --outfile examples/worker.js
# workerd serve examples/workerd.capnp
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "registry", worker = .registry)],
  sockets = [(name = "http", address = "127.0.0.1:5000", http = (), service = "registry")],
);

const registry :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-09-01",
);
