/** The `service` of a Mapping: `[http:// or https://]host[:number]`. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
}

export type ParsedAddress = ServiceAddress | { readonly problem: string };

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i;
const hostAndPort = /^([\w.-]+|\[[0-9a-f:.]+\])(?::(.*))?$/i;
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Reads an address as Ambassador does, which takes a port that is no number for 80. */
export function parseService(service: string): ParsedAddress {
  if (/[\s\p{Cc}]/u.test(service)) return { problem: "holds blanks" };
  const written = scheme.exec(service);
  const defaultPort = defaultPorts[written?.[1]?.toLowerCase() ?? "http"];
  if (defaultPort === undefined) return { problem: `has the scheme ${written?.[1]}, not http or https` };
  const rest = service.slice(written?.[0].length ?? 0);
  if (/[/?#]/.test(rest)) return { problem: "holds a path" };
  const [, host, port] = hostAndPort.exec(rest) ?? [];
  if (host === undefined) return { problem: "is not a host with an optional port" };
  if (port === undefined) return { host, port: defaultPort };
  if (!/^\d+$/.test(port)) return { problem: `has the port ${port || '""'}, which is not a number` };
  if (Number(port) < 1 || Number(port) > 65535) return { problem: `has the port ${port}, not 1 to 65535` };
  return { host, port: Number(port) };
}
