import type { ControlPlane } from "../control-plane/control-plane.ts";

/** Installs the kinds of others that components use, and waits until they are served. */
export async function installThirdPartyCrds(_plane: ControlPlane): Promise<void> {}
