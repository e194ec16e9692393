import { defaultOf, environmentOf, settings, shownFlagOf } from "../../src/config/setting.ts";

const code = (text: string): string => `\`${text}\``;

/** The README's table: one line per setting. */
export const settingTable = (): string =>
  [
    "| in the file | flag of `serve` | environment | default | what it is |",
    "|---|---|---|---|---|",
    ...settings.map((setting) =>
      [
        "",
        code(setting.path),
        code(shownFlagOf(setting)),
        code(environmentOf(setting)),
        defaultOf(setting) === "" ? "" : code(String(defaultOf(setting))),
        setting.description,
        "",
      ]
        .join(" | ")
        .trim(),
    ),
    "",
  ].join("\n");
