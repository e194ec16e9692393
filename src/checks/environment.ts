import { Environment } from "@marcbachmann/cel-js";
import { matchesMacro } from "./matches.ts";
import { Meter } from "./meter.ts";
import { metered, type Roles } from "./metering.ts";
import { messageTypes, variableTypes } from "./variables.ts";

/** What the library counts while it reads an expression. */
const limits = {
  maxAstNodes: 1000,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 4,
};

/** What the expressions of one policy share. */
export interface Workbench {
  readonly environment: Environment;
  readonly meter: Meter;
  /** How parts of expressions are paid for; those that are not in it cost one unit. */
  readonly roles: Roles;
}

/** An environment with the variables of checks, whose evaluations are counted. */
export function createWorkbench(): Workbench {
  const meter = new Meter();
  const roles: Roles = new WeakMap();
  const environment = new Environment({ enableOptionalTypes: true, limits });
  for (const { name, ctor, fields } of messageTypes) environment.registerType(name, { ctor, fields });
  for (const [name, type] of Object.entries(variableTypes)) environment.registerVariable(name, type);
  // For another receiver than the library's own, so that both can stand; a macro takes the call, whatever it is for.
  environment.registerFunction("list.matches(ast): bool", matchesMacro(meter));
  metered(environment, meter, roles);
  return { environment, meter, roles };
}
