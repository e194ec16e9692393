import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { production } from "./lock.ts";

/** `npm run --silent sbom > sbom.json`: what is shipped, as CycloneDX 1.5. npm makes it of the lock file and asks nobody. */

interface Bom {
  readonly metadata: { readonly component: { name: string; readonly "bom-ref": string } };
  components: readonly { readonly "bom-ref": string }[];
  dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const root = fileURLToPath(new URL("../../", import.meta.url));

function everything(): Bom {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "application", "--package-lock-only"];
  const { status, stdout, stderr, error } = spawnSync("npm", args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64e6,
  });
  if (status === 0) return JSON.parse(stdout);
  process.stderr.write(`npm sbom failed: ${error?.message ?? stderr}\n`);
  return process.exit(1);
}

/** npm's own `--omit dev` leaves out what is installed for production, too, if development names it as well. */
function withoutDevelopment(bom: Bom): Bom {
  const shipped = new Set(
    production(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))).map(({ id }) => id),
  );
  const self = bom.metadata.component["bom-ref"];
  return {
    ...bom,
    components: bom.components.filter((component) => shipped.has(component["bom-ref"])),
    dependencies: bom.dependencies
      .filter(({ ref }) => ref === self || shipped.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((id) => shipped.has(id)) })),
  };
}

const bom = withoutDevelopment(everything());
const { component } = bom.metadata;
// npm calls it by the folder that it stands in.
component.name = component["bom-ref"].replace(/@[^@]*$/, "");
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
