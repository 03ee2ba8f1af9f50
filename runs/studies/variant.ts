import { isDeepStrictEqual } from "node:util";
import { modelNamed } from "../../models/registry.ts";
import type { RunConfig } from "../run_config.ts";

/** Preset, what differs from it, the number of parameters' source: how one entry of a study was trained, in words. */
export function variantOf(
  { model, preset, settings, training, reading, control, from, layout }: RunConfig,
): string {
  const { presets, title } = modelNamed(model);
  const start = presets[preset ?? Object.keys(presets)[0]];
  const parts = [
    preset === null ? title : `${title}, preset ${preset}`,
    ...differences(settings, start.settings),
    ...differences(training ?? {}, start.training ?? {}),
    ...differences(reading, start.reading ?? {}).filter((text) => /^(ppi|distances|edges)/.test(text)),
    ...(control === null ? [] : [`trained and tested with ${control}`]),
    ...(from === null ? [] : [`parameters from ${from.split("/").slice(-2).join("/")}`]),
    `layout ${layout}`,
  ];
  return parts.join("; ");
}

function differences(own: object, preset: object): string[] {
  const usual = preset as Record<string, unknown>;
  return Object.entries(own)
    .filter(([name, value]) => !isDeepStrictEqual(value, usual[name]))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
}
