import assert from "node:assert/strict";
import { csg2aBlockCase } from "../../../bench/kernels/csg2a_block.ts";
import { RandomValues } from "../../../testing/random_values.ts";
import { referenceBlock } from "../../../bench/reference/csg2a_block.ts";
import { Engine, ShapeError } from "../../../engine/mod.ts";
import { blockGraph, csg2aBlock } from "../../../models/ops/csg2a_block.ts";
import { csg2aBlockMaterialised } from "../../../bench/naive/csg2a_block_materialised.ts";
import type { BlockVariant } from "../../../kernels/csg2a_block/csg2a_block.ts";
import type { Reference } from "../../../testing/reference.ts";
import { checkOperation, type OperationCheck } from "../../../testing/check_operation.ts";
import { deviceTest, gpuTest, releaseEngines } from "../../support/gpu_test.ts";

/** A 0/1 matrix that is not symmetric, with empty rows and full ones. */
function randomCsr(genes: number, seed: number): { indptr: Uint32Array; indices: Uint32Array } {
  const random = new RandomValues(seed);
  const indices: number[] = [];
  const indptr = new Uint32Array(genes + 1);
  for (let i = 0; i < genes; i++) {
    const density = i % 7 === 3 ? 0 : i === 5 ? 1 : Math.min(1, 4 / genes);
    for (let k = 0; k < genes; k++) if (random.next() < density) indices.push(k);
    indptr[i + 1] = indices.length;
  }
  return { indptr, indices: Uint32Array.from(indices) };
}

interface Sizes {
  readonly batch: number;
  readonly genes: number;
  readonly width: number;
}

function reference(
  { batch, genes, width }: Sizes,
  csr: { indptr: Uint32Array; indices: Uint32Array },
  variant: BlockVariant,
): Reference {
  const run = (inputs: Readonly<Record<string, ArrayLike<number>>>, upstream: ArrayLike<number>) => {
    const { profile, condition, wGex, wComp } = inputs;
    return referenceBlock(
      { batch, genes, width, profile, condition, wGex, wComp, ...csr, upstream },
      variant,
    );
  };
  return {
    forward: (inputs) => run(inputs, new Float64Array(batch * genes)).y,
    backward(inputs, dy) {
      const { dProfile, dCondition, dWGex, dWComp } = run(inputs, dy);
      return { profile: dProfile, condition: dCondition, wGex: dWGex, wComp: dWComp };
    },
  };
}

type Form = "closed" | "naive" | "tiled";

function blockCheck(
  sizes: Sizes,
  variant: BlockVariant,
  form: Form,
  frozen: readonly string[] = [],
): OperationCheck {
  const { batch, genes, width } = sizes;
  const csr = randomCsr(genes, genes + width);
  const packed = blockGraph(csr.indptr, csr.indices, form === "closed" ? variant : "matmul");
  return {
    name: `${form} ${variant} ${batch} x ${genes} x ${width} ${frozen}`,
    inputs: {
      profile: { shape: [batch, genes], gradient: !frozen.includes("profile") },
      condition: { shape: [batch, genes], gradient: !frozen.includes("condition") },
      wGex: { shape: [genes, width], gradient: !frozen.includes("wGex") },
      wComp: { shape: [genes, width], gradient: !frozen.includes("wComp") },
      graph: { shape: [packed.graph.length], values: packed.graph, gradient: false },
      graphTransposed: { shape: [packed.transposed.length], values: packed.transposed, gradient: false },
    },
    build: (step, { profile, condition, wGex, wComp, graph, graphTransposed }) =>
      form === "closed"
        ? csg2aBlock(step, { profile, condition, wGex, wComp, graph, graphTransposed }, { variant })
        : csg2aBlockMaterialised(step, { profile, condition, wGex, wComp, graph }, {
          variant,
          products: form,
        }),
    reference: reference(sizes, csr, variant),
    tolerance: 5e-6,
  };
}

/** The block with Q and the scores written out, in float64: what the closed reference must equal. */
function writtenOut(
  { batch, genes, width }: Sizes,
  csr: { indptr: Uint32Array; indices: Uint32Array },
  variant: BlockVariant,
  { profile, condition, wGex, wComp }: Readonly<Record<string, Float32Array>>,
): Float64Array {
  const y = new Float64Array(batch * genes);
  for (let sample = 0; sample < batch; sample++) {
    const q = Array.from(
      { length: genes },
      (_, i) =>
        Array.from({ length: width }, (_, c) =>
          profile[sample * genes + i] * wGex[i * width + c] +
          condition[sample * genes + i] * wComp[i * width + c]),
    );
    for (let i = 0; i < genes; i++) {
      const row = q.map((other) =>
        other.reduce((sum, value, c) => sum + value * q[i][c], 0) / Math.sqrt(width)
      );
      for (let e = csr.indptr[i]; e < csr.indptr[i + 1]; e++) row[csr.indices[e]] += 1;
      for (let k = 0; k < genes; k++) {
        y[sample * genes + i] += row[k] * profile[sample * genes + (variant === "matmul" ? k : i)];
      }
    }
  }
  return y;
}

Deno.test("the float64 closed form equals the block written out", () => {
  const sizes = { batch: 2, genes: 13, width: 5 };
  const csr = randomCsr(13, 1);
  const random = new RandomValues(1);
  const inputs = {
    profile: random.floats(26),
    condition: random.floats(26),
    wGex: random.floats(65),
    wComp: random.floats(65),
  };
  for (const variant of ["matmul", "rowsum"] as const) {
    const expected = writtenOut(sizes, csr, variant, inputs);
    reference(sizes, csr, variant).forward(inputs).forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]) < 1e-12, `${variant}, ${i}: ${value} and ${expected[i]}`);
    });
  }
});

for (const variant of ["matmul", "rowsum"] as const) {
  gpuTest(
    `the closed form of ${variant} matches float64 for ugly genes, batches and widths`,
    async (engine) => {
      const shapes = [
        [1, 1, 1],
        [3, 7, 5],
        [4, 33, 8],
        [16, 33, 64],
        [5, 130, 33],
        [1, 977, 64],
        [3, 978, 8],
        [4, 979, 5],
      ];
      for (const [batch, genes, width] of shapes) {
        await checkOperation(engine, blockCheck({ batch, genes, width }, variant, "closed"));
      }
    },
  );

  gpuTest(`the materialised twins of ${variant} match float64`, async (engine) => {
    for (const form of ["naive", "tiled"] as const) {
      for (const [batch, genes, width] of [[1, 1, 1], [3, 7, 5], [2, 33, 8], [5, 97, 13]]) {
        await checkOperation(engine, blockCheck({ batch, genes, width }, variant, form));
      }
    }
  });

  gpuTest(`the block of ${variant} gives only the gradients that are wanted`, async (engine) => {
    const sizes = { batch: 3, genes: 33, width: 8 };
    for (
      const frozen of [["wGex", "wComp"], ["condition"], ["profile"], ["profile", "condition"], ["wComp"]]
    ) {
      await checkOperation(engine, blockCheck(sizes, variant, "closed", frozen));
    }
  }, ["software"]);
}

deviceTest("the materialised twin runs in slices of the batch where a binding holds no more", async () => {
  const engine = await Engine.open(navigator.gpu, { poison: true, maxBinding: 4 * 33 * 33 * 2 + 256 });
  try {
    for (const form of ["naive", "tiled"] as const) {
      await checkOperation(engine, blockCheck({ batch: 5, genes: 33, width: 8 }, "matmul", form));
    }
  } finally {
    engine.dispose();
  }
});

deviceTest("128 samples of 10,167 genes need 100 MB of buffers at most, forward and backward", async () => {
  const engine = await Engine.open(navigator.gpu);
  try {
    const sizes = { genes: 10_167, batch: 128, width: 64, degree: 11 };
    const { plan } = await csg2aBlockCase.prepare(engine, "closed", sizes, new RandomValues(1));
    assert.equal(plan.dispatches.length, 8);
    // One batch x genes x genes array would take 52.9 GB.
    assert.ok(engine.device.memory.peak < 100e6, `${engine.device.memory.peak} bytes`);
  } finally {
    engine.dispose();
  }
});

gpuTest("the block refuses weights and graphs of other sizes", async (engine) => {
  const tensor = (shape: number[], label: string) =>
    engine.constant(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)), label);
  const graph = engine.constant([12], new Uint32Array(12), "graph");
  const inputs = {
    profile: tensor([2, 7], "profile"),
    condition: tensor([2, 7], "condition"),
    wGex: tensor([7, 4], "wGex"),
    wComp: tensor([7, 4], "wComp"),
    graph,
    graphTransposed: graph,
  };
  for (
    const [wrong, message] of [
      [{ wGex: tensor([6, 4], "wGex") }, /wGex wGex \[6, 4\]/],
      [{ condition: tensor([2, 6], "condition") }, /condition condition \[2, 6\]/],
      [{ graph: engine.constant([3], new Uint32Array(3), "small") }, /too small/],
    ] as const
  ) {
    await assert.rejects(
      () =>
        engine.record("refused", (step) => csg2aBlock(step, { ...inputs, ...wrong }, { variant: "matmul" })),
      (error) => error instanceof ShapeError && message.test(error.message),
    );
  }
}, ["software"]);

releaseEngines();
