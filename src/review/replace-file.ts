import { randomUUID } from "node:crypto";
import { access, chmod, chown, constants, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

async function writeNew(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a file another text: at any moment it holds all of the old one or all of the new one. Mode, owner and
 * links to it stay as they are.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const { mode, uid, gid } = await stat(target);
  // A rename would replace what may not be written.
  await access(target, constants.W_OK);
  const temporary = join(dirname(target), `.strip-${randomUUID()}`);
  try {
    await writeNew(temporary, text);
    // Only root may give files away.
    await chown(temporary, uid, gid).catch(() => {});
    await chmod(temporary, mode & 0o7777);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
