import type { MappingFields } from "./types.ts";

/** Stands for every host, in settings, in v3alpha1 and in a group's key. */
export const everyHost = "*";

/** The host whose requests a Mapping answers: exact, or a glob with one asterisk at an end. */
export const hostOf = ({ host, hostname }: MappingFields): unknown => host ?? hostname ?? everyHost;

/** Whether a request can be for the hosts of both; where an expression says it, it may. */
export function shareHost(a: MappingFields, b: MappingFields): boolean {
  const [hostA, hostB] = [hostOf(a), hostOf(b)];
  if (hostA === hostB || a.host_regex === true || b.host_regex === true) return true;
  if (typeof hostA !== "string" || typeof hostB !== "string") return false;
  return isAmong(hostA, hostB) || isAmong(hostB, hostA);
}

/** Whether hosts of a pattern can be those of a glob. Two that are open at different ends always meet. */
function isAmong(pattern: string, glob: string): boolean {
  if (glob.startsWith("*")) return pattern.endsWith("*") || pattern.endsWith(glob.slice(1));
  return glob.endsWith("*") && (pattern.startsWith("*") || pattern.startsWith(glob.slice(0, -1)));
}
