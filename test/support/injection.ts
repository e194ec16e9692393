import { parseAllDocuments } from "yaml";
import { defaultEngineSettings, type EngineSettings } from "../../src/config/settings.ts";
import { isMap } from "../../src/mapping/custom.ts";
import { keys } from "../../src/seldon/annotations.ts";

/** A document of a configuration, as a reader of YAML sees it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of many shapes
export type Document = Record<string, any>;

/** What stands on the carrier of an object. */
export function carriedBy(object: unknown): string | undefined {
  const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
  const text = isMap(metadata.annotations) ? metadata.annotations[keys.config] : undefined;
  return typeof text === "string" ? text : undefined;
}

/** The documents of a configuration in one version of YAML; throws on any error. */
export const documentsOf = (text: string, version: "1.1" | "1.2" = "1.1"): readonly Document[] =>
  parseAllDocuments(text, { version, strict: true, uniqueKeys: true }).map((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error) throw error;
    return document.toJS();
  });

/** The documents that are Mappings. */
export const mappingsIn = (text: string): readonly Document[] =>
  documentsOf(text).filter(({ kind }) => kind === "Mapping");

type Settings = Omit<EngineSettings, "operators">;
type Changes = { readonly [K in keyof Settings]?: Partial<Settings[K]> };

/** The default settings with changes. */
export const settingsWith = ({ seldon, ambassador, customConfig, ...rest }: Changes): EngineSettings => ({
  ...defaultEngineSettings,
  ...rest,
  seldon: { ...defaultEngineSettings.seldon, ...seldon },
  ambassador: { ...defaultEngineSettings.ambassador, ...ambassador },
  customConfig: { ...defaultEngineSettings.customConfig, ...customConfig },
});
