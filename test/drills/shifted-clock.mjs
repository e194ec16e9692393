// For `node --import file:///…/shifted-clock.mjs?file=PATH`: on SIGUSR2 the wall clock of this process jumps by as many
// milliseconds as the file says. Only what the program itself reads jumps; the steady clock goes on, as it does on a
// machine whose clock is set, and so does the clock by which OpenSSL verifies the API server's certificate.
import { readFileSync } from "node:fs";

const file = new URL(import.meta.url).searchParams.get("file");
const TrueDate = Date;
const now = () => TrueDate.now() + aheadMs;
let aheadMs = 0;

globalThis.Date = class extends TrueDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }

  static now() {
    return now();
  }
};

const set = () => {
  aheadMs = Number(readFileSync(file, "utf8"));
};
set();
process.on("SIGUSR2", set);
