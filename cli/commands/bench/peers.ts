import { checkOutputFile } from "../../../runs/output_file.ts";
import { Command } from "@commander-js/extra-typings";
import { readBenchFile } from "../../../bench/bench_file.ts";
import type { KernelRow } from "../../../bench/kernel_row.ts";
import type { Sizes } from "../../../bench/kernel_case.ts";
import { parseSizes } from "../../../bench/parse_sizes.ts";
import { type Contender, contenders } from "../../../bench/peers/contenders.ts";
import { type PeerCaseName, peerCaseNames, peerCases } from "../../../bench/peers/peer_case.ts";
import { installPeers } from "../../../bench/peers/peer_process.ts";
import { peerTable } from "../../../bench/peers/peer_table.ts";
import { type PeerRow, runPeers } from "../../../bench/peers/run_peers.ts";
import { closestName } from "../../../datasets/readers/closest_name.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../host/write_file_atomic.ts";
import { UsageError } from "../../usage_error.ts";
import { wholeNumber } from "../../flags/words.ts";
import { documentOf, openedMachine } from "./document.ts";

const help = `
The same work on the same inputs in this project, TensorFlow.js 4.22.0 and jax-js 0.1.25, each in a process of its own,
in turn. Outputs are checked against float64 in the same run; a wrong one gets no time. The other libraries are fetched
from npm on the first run. Times are wall clock over a series of runs, divided by their number, less an empty wait.
"x Perturbine": median over the rounds of a contender's time over Perturbine's, in the same form of the computation.

Cases (sizes on a GPU | on a software driver):
${
  peerCaseNames.map((name) =>
    `  ${name.padEnd(12)} ${peerCases[name].summary}\n${" ".repeat(15)}${bothSizes(name)}`
  ).join("\n")
}

Contenders: ${contenders.map(({ name }) => name).join(", ")}

Examples:
  perturbine bench peers
  perturbine bench peers --case csg2a-core --sizes batch=16,genes=978,width=64 --out peers.json
  python3 bench/pytorch/peers.py > pytorch.json && perturbine bench peers --merge pytorch.json --out all.json`;

/** `perturbine bench peers`. */
export function benchPeersCommand() {
  return new Command("peers")
    .description("The same work in TensorFlow.js and jax-js (WebGPU and WebAssembly), on this machine")
    .option("--case <names>", "cases, separated by commas (default: all)", list)
    .option("--contender <names>", "contenders, separated by commas (default: all)", list)
    .option("--sizes <sizes>", "sizes of a single case, such as n=512")
    .option("--full", "the sizes for GPUs, on a software driver too (minutes)")
    .option("--rounds <n>", "timed rounds", wholeNumber(1), 5)
    .option("--seed <n>", "seed of the inputs (default: a new one, told in the output)", wholeNumber(0))
    .option("--merge <file>", "add the rows of another file, such as PyTorch's")
    .option("--out <file>", "keep the rows as JSON, for compare and report")
    .option("--json", "print the rows as JSON")
    .addHelpText("after", help)
    .action(async (flags) => {
      if (flags.out !== undefined) await checkOutputFile(flags.out);
      const cases = chosen("case", flags.case, [...peerCaseNames], (name) => name) as PeerCaseName[];
      const taking = chosen<Contender>("contender", flags.contender, [...contenders], ({ name }) => name);
      if (flags.sizes !== undefined && cases.length !== 1) {
        throw new UsageError("--sizes belongs to one case; name it with --case.");
      }
      const merged = flags.merge === undefined ? [] : (await readBenchFile(flags.merge)).rows;
      const machine = await openedMachine();
      const small = machine.adapterClass === "software" && !flags.full;
      const sizes = (name: PeerCaseName) => {
        const defaults = peerCases[name].sizes[small ? "software" : "gpu"];
        return flags.sizes === undefined ? defaults : sizesOf(flags.sizes, defaults);
      };
      cases.forEach(sizes); // a mistake is told before anything starts
      if (taking.some(({ packages }) => packages)) {
        await installPeers().catch((error) => {
          throw new UserError(`The peers cannot be measured: ${(error as Error).message} Check the network.`);
        });
      }
      const seed = flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
      const { rows, refused } = await runPeers({
        contenders: taking,
        cases,
        sizes,
        seed,
        rounds: flags.rounds,
        budgetMs: 150,
        onWork: ({ case: name, form, pass }) =>
          flags.json || console.error(`${name}${form === "plain" ? "" : ` ${form}`}, ${pass}`),
      });
      const all = [...rows, ...merged] as unknown as KernelRow[];
      const document = { ...documentOf({ machine, seed, rows: all }), refused };
      const text = JSON.stringify(document, null, 1);
      if (flags.out !== undefined) await writeFileAtomic(flags.out, text + "\n");
      console.log(flags.json ? text : told(seed, rows, merged, refused));
      const failed = refused.filter(({ variant }) => variant.startsWith("perturbine"));
      if (failed.length > 0) {
        throw new UserError("This project's own results were wrong or missing; see above.");
      }
    });
}

function told(
  seed: number,
  rows: readonly PeerRow[],
  merged: readonly unknown[],
  refused: Parameters<typeof peerTable>[1],
): string {
  const versions = Object.assign({}, ...rows.map((row) => row.versions)) as Record<string, string>;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return `seed ${seed}; ${named}\n\n${peerTable([...rows, ...merged as PeerRow[]], refused)}`;
}

function bothSizes(name: PeerCaseName): string {
  const { gpu, software } = peerCases[name].sizes;
  return [gpu, software].map((sizes) =>
    Object.entries(sizes).map(([size, value]) => `${size}=${value}`).join(",")
  ).join(" | ");
}

function list(text: string): string[] {
  return text.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

function chosen<T>(
  what: string,
  names: readonly string[] | undefined,
  all: readonly T[],
  nameOf: (item: T) => string,
): T[] {
  const known = all.map(nameOf);
  const odd = names?.find((name) => !known.includes(name));
  if (odd !== undefined) {
    const close = closestName(odd, known);
    throw new UsageError(
      `There is no ${what} called "${odd}"${
        close ? `; did you mean ${close}?` : `, only ${known.join(", ")}.`
      }`,
    );
  }
  return all.filter((item) => names?.includes(nameOf(item)) ?? true);
}

function sizesOf(text: string, defaults: Sizes): Sizes {
  try {
    return parseSizes(text, defaults);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
