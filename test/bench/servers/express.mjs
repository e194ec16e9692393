import { createServer } from "node:https";
import express from "express";
import { constantReview, listening, pair } from "./serving.mjs";

// What a webhook on express is usually made of, with the same constant answer.
const app = express();
app.use(express.json({ limit: "7mb" }));
for (const path of ["/mutate", "/validate"])
  app.post(path, (request, response) => {
    response.json(constantReview(request.body.request.uid));
  });
listening(createServer({ ...pair(), minVersion: "TLSv1.2" }, app));
