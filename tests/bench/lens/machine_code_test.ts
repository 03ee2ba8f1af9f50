import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { lensKernels } from "../../../bench/lens/all_kernels.ts";
import { chips } from "../../../bench/lens/chips.ts";
import { findDriver, lensFolder } from "../../../bench/lens/driver.ts";
import type { IsaRow } from "../../../bench/lens/isa_row.ts";
import { lensReport } from "../../../bench/lens/lens_rows.ts";
import { worseRows } from "../../../bench/lens/worse_rows.ts";

const cache = fileURLToPath(new URL("../../../.cache", import.meta.url));

/** One specialisation each of the kernels in which a training step spends its time. */
const carrying = [
  "matmul_tiled",
  "matmul_sum",
  "gene_attention_forward_64",
  "gene_attention_query_pass_64",
  "gene_attention_key_pass_64",
  "gene_attention_self_pass_64",
  "gene_attention_forward_16",
  "additive_scores_tiled_either",
  "additive_query_gradient_tiled_either",
  "additive_key_gradient_tiled_either",
  "csg2a_expand_genes",
  "csg2a_reduce_genes_forward",
  "csg2a_reduce_genes_backward",
  "csg2a_gradient_inputs",
  "csg2a_gradient_weights",
  "mat_scores_rows",
  "degree_linear_backward_weights_switch",
  "mat_values",
  "set_norm_apply_blocks_quads",
  "adam_update",
];

/** Deno's own WebGPU, by which the lens compiles, has neither subgroups nor matrix units; what splits operands for units runs on none without. */
const notCompiled = new Set(["matmul_subgroups", "matmul_matrix_units", "matmul_split_halves"]);

async function table(chip: string): Promise<IsaRow[]> {
  return JSON.parse(
    await Deno.readTextFile(new URL(`../../../bench/results/isa-${chip}.json`, import.meta.url)),
  );
}

// Another version of Mesa than that which the table was recorded with would count otherwise: only the fetched one is asked.
const present = await Deno.stat(`${lensFolder(cache)}/complete`).then(() => true, () => false);
if (!present) {
  console.log("The machine code is not checked: `perturbine kernel isa all --fetch` unpacks the compilers.");
}

for (const name of ["navi31", "ga102"]) {
  const chip = chips.find((known) => known.name === name)!;
  Deno.test({
    name:
      `the kernels that carry a step spill nothing on ${name}, use no local memory, and are no worse than recorded`,
    ignore: !present,
    async fn() {
      assert.ok(findDriver(chip, cache));
      const { kernels } = await lensKernels();
      const asked = carrying.map((wanted) => {
        const found = kernels.find((kernel) => kernel.name === wanted);
        assert.ok(found, `${wanted} is no kernel`);
        return found;
      });
      const { rows, refused } = await lensReport(asked, [chip], cache);
      assert.deepEqual(refused, []);
      assert.equal(rows.length, carrying.length);
      assert.deepEqual(worseRows(rows, await table(name)), []);
    },
  });
}

Deno.test("a committed table holds every kernel of the project for its chip, and none that is gone", async () => {
  const { kernels } = await lensKernels();
  const names = new Set(kernels.map(({ name }) => name).filter((name) => !notCompiled.has(name)));
  for (const chip of ["navi31", "ga102"]) {
    const rows = await table(chip);
    assert.deepEqual(new Set(rows.map(({ kernel }) => kernel)), names);
    assert.ok(rows.every((row) => row.chip === chip && row.registers > 0));
  }
});

Deno.test("a kernel that spills, grows, loses occupancy or is not recorded is named", async () => {
  const [first, second] = (await table("navi31")).filter(({ spills, localBytes }) => !spills && !localBytes);
  assert.deepEqual(worseRows([first], [first, second]), []);
  const { occupancy, instructions } = first;
  const changes = [{ spills: 1 }, { localBytes: 16 }, { occupancy: occupancy - 1 }, {
    instructions: instructions + 1,
  }];
  for (const change of changes) assert.equal(worseRows([{ ...first, ...change }], [second, first]).length, 1);
  assert.deepEqual(worseRows([{ ...first, occupancy: occupancy + 1, instructions: 1 }], [first]), []);
  assert.match(worseRows([first], [second])[0], /is not in the table/);
});
