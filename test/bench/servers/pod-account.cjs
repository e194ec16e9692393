// Loaded before the webhook: it finds the credentials of a pod in the folder of BENCH_ACCOUNT. The kubelet would mount
// them, for which a test needs rights that it does not have everywhere.
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const mounted = "/var/run/secrets/kubernetes.io/serviceaccount";
const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) =>
  readFileSync(
    typeof path === "string" && path.startsWith(mounted)
      ? process.env.BENCH_ACCOUNT + path.slice(mounted.length)
      : path,
    ...rest,
  );
syncBuiltinESMExports();
