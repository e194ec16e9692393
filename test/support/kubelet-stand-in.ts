import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import type { TestContext } from "node:test";
import { testPair } from "./tls.ts";

/** RFC 6455, 1.3. */
const websocketKey = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const protocol = "v4.channel.k8s.io";

const accept = (key: string): string => createHash("sha1").update(`${key}${websocketKey}`).digest("base64");

/** A binary frame of a server: complete, unmasked. */
function frame(payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126 ? Buffer.from([0x82, length]) : Buffer.from([0x82, 126, length >> 8, length & 0xff]);
  return Buffer.concat([head, payload]);
}

/** Cuts a client's masked frames out of what came; undefined until one is complete. */
function unframe(bytes: Buffer): { opcode: number; payload: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short === 126 ? 4 : 2;
  if (bytes.length < start + 4) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  const end = start + 4 + length;
  if (bytes.length < end) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const payload = Buffer.from(
    bytes.subarray(start + 4, end).map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
  );
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, rest: bytes.subarray(end) };
}

/** Largest payload of a frame with a length of two bytes, less the channel's. */
const mostBytes = 60_000;

/** Two channels, each of which begins with the port: 0 for data, 1 for a complaint. */
function forward(socket: Duplex, port: number): void {
  const send = (channel: number, data: Buffer): void => {
    for (let at = 0; at < data.length; at += mostBytes)
      socket.write(frame(Buffer.concat([Buffer.from([channel]), data.subarray(at, at + mostBytes)])));
  };
  const named = Buffer.from([port & 0xff, port >> 8]);
  send(0, named);
  send(1, named);
  const inner = connect(port, "localhost");
  inner.on("data", (data) => send(0, data));
  inner.on("error", (error) => send(1, Buffer.from(error.message)));
  inner.on("close", () => socket.end());
  let bytes: Buffer = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    bytes = Buffer.concat([bytes, data]);
    for (let next = unframe(bytes); next !== undefined; next = unframe(bytes)) {
      bytes = next.rest;
      if (next.opcode === 8) inner.end();
      else if (next.payload[0] === 0) inner.write(next.payload.subarray(1));
    }
  });
  for (const end of ["close", "error"]) socket.on(end, () => inner.destroy());
}

function upgraded({ headers }: IncomingMessage, socket: Duplex, port: number): void {
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept(headers["sec-websocket-key"] ?? "")}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  forward(socket, port);
}

/**
 * Stands in for a kubelet, of which only a machine with containers can have one: to an API server's port-forward to
 * any pod it connects the port of that number on loopback. Returns its own port.
 */
export async function startKubeletStandIn(t: TestContext): Promise<number> {
  const { cert, key } = await testPair();
  const server = createServer({ cert, key });
  server.on("upgrade", (request, socket) => {
    const port = Number(new URL(request.url ?? "/", "https://kubelet").searchParams.get("port"));
    upgraded(request, socket, port);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}
