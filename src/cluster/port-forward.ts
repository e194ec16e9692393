import { Duplex, PassThrough, Writable } from "node:stream";
import { KubeConfig, PortForward } from "@kubernetes/client-node";

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/**
 * A stream to a pod's port through the API server, as `kubectl port-forward` makes it. Rejects when the API server
 * refuses; when nothing listens there, the stream ends with the kubelet's message.
 */
export async function portForward(kubeconfig: string, { namespace, pod, port }: PodPort): Promise<Duplex> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const [fromPod, toPod] = [new PassThrough(), new PassThrough()];
  const stream = Duplex.from({ readable: fromPod, writable: toPod });
  const complaints = new Writable({
    write(chunk, _encoding, done) {
      if (chunk.length > 0) stream.destroy(new Error(String(chunk).trim()));
      done();
    },
  });
  const forward = new PortForward(config);
  const socket = await forward.portForward(namespace, pod, [port], fromPod, complaints, toPod).catch(rethrow);
  if (typeof socket === "function") throw new TypeError("a port-forward without retries is one socket");
  socket.onclose = () => fromPod.end();
  stream.on("close", () => socket.close());
  return stream;
}

/** A websocket reports its failure as an event, and an HTTP status in words alone. */
function rethrow(failure: unknown): never {
  const { message } = failure as { message?: unknown };
  const text = typeof message === "string" ? message : String(failure);
  throw new Error(/\b403\b/.test(text) ? "forbidden" : text);
}
