import { createServer } from "node:https";
import { constantAnswer, listening, pair } from "./serving.mjs";

// The floor: Node's own server, which reads and parses the body and answers always the same.
const server = createServer({ ...pair(), minVersion: "TLSv1.2" }, (request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const review = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const text = constantAnswer(review.request.uid);
    response.setHeader("Content-Type", "application/json");
    response.setHeader("Content-Length", Buffer.byteLength(text));
    response.end(text);
  });
});
listening(server);
