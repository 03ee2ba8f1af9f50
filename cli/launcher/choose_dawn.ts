import { fileURLToPath } from "node:url";
import { dawnConfig, dawnVariable, firstLine, installDawn } from "../../host/dawn/dawn.ts";
import type { AdapterChoice } from "./adapter_choice.ts";
import { swiftshaderEnvironment } from "../../host/swiftshader/swiftshader.ts";

/** What `probe.ts` prints. */
interface Probe {
  /** File of the npm package. */
  readonly module: string;
  /** Description of the adapter that Dawn takes, if any. */
  readonly adapter?: string;
}

/**
 * Makes Dawn, Chrome's implementation of WebGPU, ready for the program: on the system's adapter where Dawn accepts it (it
 * refuses lavapipe of older Mesas), else on SwiftShader; on those of the two that may be taken.
 *
 * Source: stack.md section 10.
 * @param environment what the program is started with in any case
 * @throws {Error} when the package cannot be fetched, or Dawn accepts no adapter
 */
export async function chooseDawn(
  cache: string,
  environment: Readonly<Record<string, string>>,
  may: { readonly system: boolean; readonly swiftshader: boolean },
): Promise<AdapterChoice> {
  await installDawn();
  const candidates = [
    ...may.system ? [() => ({})] : [],
    ...may.swiftshader ? [() => swiftshaderEnvironment(cache)] : [],
  ];
  for (const [k, candidate] of candidates.entries()) {
    const env = { ...environment, ...await candidate() };
    const found = await probe(env);
    if (found.adapter) return choice(found, env, may.system && k > 0);
  }
  const forced = Deno.env.get("PERTURBINE_ADAPTER");
  throw new Error(
    `Dawn accepts no ${
      forced ? `adapter that PERTURBINE_ADAPTER=${forced} allows` : "adapter of this machine"
    }; ` +
      "leave --backend dawn out.",
  );
}

function choice(
  { module, adapter }: Probe,
  environment: Readonly<Record<string, string>>,
  refused: boolean,
): AdapterChoice {
  const instead = refused ? " Dawn refuses this system's own adapters (older lavapipe among them)." : "";
  return {
    environment: { ...environment, [dawnVariable]: module },
    line: `Adapter: ${adapter}, through Dawn.${instead}`,
  };
}

async function probe(env: Readonly<Record<string, string>>): Promise<Probe> {
  const script = fileURLToPath(new URL("../../host/dawn/probe.ts", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", "--config", dawnConfig, script],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Dawn does not start (${firstLine(stderr)}); leave --backend dawn out.`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Probe;
}
