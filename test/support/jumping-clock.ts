// Loaded before the program: with SIGUSR2 its wall clock jumps ahead by nine months, more than two thirds of a year.
const aheadMs = 270 * 86_400_000;
const right = Date.now;
process.once("SIGUSR2", () => {
  Date.now = () => right() + aheadMs;
  process.stderr.write("the clock has jumped\n");
});
