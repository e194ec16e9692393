/** What npm writes down of one package; `path` is where it is installed. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package-lock.json of version 3; the package itself is under "". */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A package in production, of which there may be copies. */
export interface Package extends LockedPackage {
  readonly path: string;
  readonly id: string;
}

const nameIn = (path: string): string => path.replace(/^.*node_modules\//, "");

const packageAt = (lock: Lock, path: string): Package => {
  const locked = lock.packages[path] ?? {};
  return { ...locked, path, id: `${nameIn(path)}@${locked.version}` };
};

/** Everything that is installed with `npm ci --omit dev`. */
export const production = (lock: Lock): readonly Package[] =>
  Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path]) => packageAt(lock, path));

/** The names of what the package asks for itself. */
export const direct = ({ packages }: Lock): readonly string[] =>
  Object.keys(packages[""]?.dependencies ?? {});

/** Where Node.js finds a package from another: in its folder or in one above. */
function found(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, "")) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in lock.packages) return path;
    if (folder === "") return undefined;
  }
}

/** The ids of these packages and of all that they need in turn. */
export function closure(lock: Lock, names: readonly string[]): ReadonlySet<string> {
  const pending = names.map((name) => found(lock, "", name));
  const seen = new Set<string>();
  for (let path = pending.pop(); path !== undefined || pending.length > 0; path = pending.pop()) {
    if (path === undefined || seen.has(path)) continue;
    seen.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = lock.packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      pending.push(found(lock, path, name));
  }
  return new Set([...seen].map((path) => packageAt(lock, path).id));
}
