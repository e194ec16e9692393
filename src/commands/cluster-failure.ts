import { asFailure } from "../cluster/live-failure.ts";
import { UsageError } from "./io.ts";

/** What a command says that could not get what it needs of a cluster. A bug is thrown as it is. */
export function clusterFailure(server: string, error: unknown): Error {
  if (error instanceof UsageError || error instanceof TypeError || error instanceof RangeError) return error;
  const { message } = asFailure(error);
  return new UsageError(`${server}: ${message}`);
}
