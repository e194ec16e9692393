import type { Request } from "../routes/explain.ts";

/** What a client is said to send, or what is wrong with it. */
export type ParsedRequest =
  | { readonly request: Request; readonly problem?: undefined }
  | { readonly request?: undefined; readonly problem: string };

/** Token of RFC 9110, of which methods and names of headers consist. */
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/** Reads a request as curl takes it: a method, a URL with or without scheme, and headers `name: value`. */
export function parseRequest(method: string, url: string, headers: readonly string[]): ParsedRequest {
  if (!token.test(method) || /^\d/.test(method))
    return { problem: `--explain ${method}: must be a method such as POST, followed by a URL` };
  const parsed = parseUrl(url);
  if (parsed === undefined)
    return { problem: `--explain ${method} ${url}: must be a URL such as http://localhost:8003/seldon/…` };
  const sent = new Map<string, string>();
  for (const header of headers) {
    const [, name = "", value = ""] = /^([^:;]*)(?::|;$)(.*)$/s.exec(header) ?? [];
    if (!token.test(name)) return { problem: `-H ${JSON.stringify(header)}: must be like 'name: value'` };
    const key = name.toLowerCase();
    const earlier = sent.get(key);
    // Envoy matches several headers of one name as one list.
    sent.set(key, earlier === undefined ? value.trim() : `${earlier},${value.trim()}`);
  }
  const host = (sent.get("host") ?? parsed.hostname).toLowerCase();
  return {
    request: {
      method: method.toUpperCase(),
      host,
      path: parsed.pathname,
      headers: sent,
      query: new Map(parsed.searchParams),
    },
  };
}

function parseUrl(url: string): URL | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url)
    ? url
    : `http://${url.startsWith("/") ? "localhost" : ""}${url}`;
  if (!URL.canParse(whole)) return undefined;
  const parsed = new URL(whole);
  return /^https?:$/.test(parsed.protocol) ? parsed : undefined;
}
