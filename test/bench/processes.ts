import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const ticksPerSecond = 100;

/** Seconds of processor that a process has used so far. */
export function cpuSecondsOf(pid: number): number {
  // The name in the second field may hold anything; what follows its last bracket is numbers.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6;
}

/** Megabytes of memory that a process has now. */
export const residentMbOf = (pid: number): number => memoryOf(pid, "VmRSS");

/** The most that it has had so far. */
export const peakMbOf = (pid: number): number => memoryOf(pid, "VmHWM");
