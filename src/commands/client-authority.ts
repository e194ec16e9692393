import type { Config } from "../config/config.ts";
import type { Clients } from "../server/clients.ts";
import type { Logger } from "../server/log.ts";
import { ClientAuthority } from "../tls/client-authority.ts";

/** Who may call, and an end to following the file that says so. */
export interface FollowedClients extends Clients {
  stop(): void;
}

/** Begins to follow --client-ca-file, if there is one. Throws ConfigError when it cannot be used. */
export function clientsOf({ server }: Config, logger: Logger): FollowedClients | undefined {
  const { clientCaFile: file, clientAllowedNames: allowedNames } = server;
  if (file === undefined) return undefined;
  const authority = new ClientAuthority({
    file,
    observer: {
      loaded: () => logger.info({ file }, "client CA loaded anew"),
      refused: (problem) =>
        logger.error({ file, problem }, "client CA file refused; the last good one is in force"),
    },
  });
  return clientsBy(authority, allowedNames);
}

/** Who may call by this authority: callers with one of these common names, or with any where there is none. */
export function clientsBy(authority: ClientAuthority, allowedNames: readonly string[]): FollowedClients {
  return {
    allowedNames,
    get trusted() {
      return authority.trusted;
    },
    get problem() {
      return authority.problem;
    },
    get reloads() {
      return authority.reloads;
    },
    onChange: (listener) => authority.onChange(listener),
    stop: () => authority.stop(),
  };
}
