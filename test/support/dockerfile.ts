import { readFileSync } from "node:fs";

/** One instruction: `{ name: "COPY", flags: ["--from=build"], text: "/app/dist ./dist" }`. */
export interface Instruction {
  readonly name: string;
  readonly flags: readonly string[];
  readonly text: string;
}

/** What begins with a FROM. */
export interface Stage {
  readonly name: string;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

function instructionOf(line: string): Instruction {
  const [name = "", ...words] = line.split(/\s+/);
  const flags = words.slice(
    0,
    words.findIndex((word) => !word.startsWith("--")),
  );
  return { name, flags, text: words.slice(flags.length).join(" ") };
}

/** The instructions of a Dockerfile, its comments left out and its continued lines put together. */
const instructionsIn = (text: string): readonly Instruction[] =>
  text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(instructionOf);

/** The stages of a Dockerfile, ARG before the first FROM filled in. */
export function stagesOf(file: string): readonly Stage[] {
  const values = new Map<string, string>();
  const stages: { name: string; image: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsIn(readFileSync(file, "utf8"))) {
    const { name, text } = instruction;
    const stage = stages.at(-1);
    if (name === "FROM") {
      const [image = "", , as = `${stages.length}`] = text.split(" ");
      const filled = image.replace(/\$\{(\w+)\}/g, (_, key: string) => values.get(key) ?? "");
      stages.push({ name: as, image: filled, instructions: [] });
    } else if (stage !== undefined) stage.instructions.push(instruction);
    else values.set(text.split("=")[0] ?? "", text.slice(text.indexOf("=") + 1));
  }
  return stages;
}

/** The texts of all instructions of one name. */
export const textsOf = ({ instructions }: Stage, name: string): readonly string[] =>
  instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);

/**
 * Whether .dockerignore keeps a path out of the build context. As the builder does it: the last pattern that
 * matches the path or a folder above it decides, `!` takes it back in, and `*` stops at a slash. (The patterns of
 * this project need no more of the language; others throw.)
 */
export function isIgnored(patterns: readonly string[], path: string): boolean {
  const parts = path.split("/");
  const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  let ignored = false;
  for (const pattern of patterns) {
    const bare = pattern.replace(/^!/, "");
    if (/[?[\]\\]|\*\*/.test(bare))
      throw new Error(`.dockerignore: ${pattern} is more than is understood here`);
    const expression = new RegExp(`^${bare.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`);
    if (above.some((each) => expression.test(each))) ignored = !pattern.startsWith("!");
  }
  return ignored;
}

/** The patterns of a .dockerignore. */
export const patternsOf = (file: string): readonly string[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
