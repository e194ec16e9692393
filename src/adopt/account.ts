import type { Result } from "./adopt-one.ts";

/** What became of all deployments. */
export interface Account {
  readonly adopted: number;
  readonly right: number;
  readonly rejected: number;
  readonly conflicts: number;
  readonly failed: number;
  /** Those whose pods would restart, left alone. */
  readonly restarts: number;
  /** Those that were not come to. */
  readonly left: number;
}

export const emptyAccount: Account = {
  adopted: 0,
  right: 0,
  rejected: 0,
  conflicts: 0,
  failed: 0,
  restarts: 0,
  left: 0,
};

const entries: Readonly<Record<Result["outcome"], keyof Account | undefined>> = {
  adopted: "adopted",
  right: "right",
  rejected: "rejected",
  conflict: "conflicts",
  failed: "failed",
  restarts: "restarts",
  gone: undefined,
};

/** The account with one more result. */
export function entered(account: Account, { outcome }: Result): Account {
  const entry = entries[outcome];
  return entry === undefined ? account : { ...account, [entry]: account[entry] + 1 };
}

/** Whether everything is as it should be. */
export const isSettled = ({ rejected, conflicts, failed, restarts, left }: Account): boolean =>
  rejected + conflicts + failed + restarts + left === 0;

/** `412 deployments: 3 adopted, 400 already right, 5 rejected by rules, 2 conflicts, 2 failed` */
export function accountLine(account: Account, dryRun: boolean): string {
  const { adopted, right, rejected, conflicts, failed, restarts, left } = account;
  const total = adopted + right + rejected + conflicts + failed + restarts + left;
  const parts = [
    dryRun ? `${adopted} to adopt` : `${adopted} adopted`,
    `${right} already right`,
    `${rejected} rejected by rules`,
    ...(dryRun ? [] : [`${conflicts} conflict${conflicts === 1 ? "" : "s"}`, `${failed} failed`]),
    ...(restarts > 0
      ? [`${restarts} left alone, as ${restarts === 1 ? "its" : "their"} pods would restart`]
      : []),
    ...(left > 0 ? [`${left} not reached`] : []),
  ];
  return `${total} deployment${total === 1 ? "" : "s"}: ${parts.join(", ")}`;
}
