import assert from "node:assert/strict";
import fc from "fast-check";
import { type Engine, LossRing, Parameters, recordOptimizer, type Tensor } from "../../engine/mod.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import {
  buildGraph,
  type Graph,
  type GraphInputs,
  graphOperations,
  graphParameters,
  type GraphSizes,
} from "../support/random_graph.ts";
import { longTests } from "../support/long_tests.ts";

const numRuns = longTests ? 1000 : 50;

const place = fc.nat({ max: 1000 });
const graphs: fc.Arbitrary<Graph> = fc.record({
  operations: fc.array(
    fc.record({ kind: fc.constantFrom(...graphOperations), a: place, b: place, c: place }),
    { minLength: 2, maxLength: 14 },
  ),
  losses: fc.array(place, { minLength: 1, maxLength: 2 }),
});

/** Graphs over the same parameters, some of them frozen, and the order in which their plans run. */
const cases = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  widths: fc.array(fc.integer({ min: 2, max: 19 }), { minLength: 2, maxLength: 3 }),
  graphs: fc.array(graphs, { minLength: 1, maxLength: 3 }),
  order: fc.array(place, { minLength: 2, maxLength: 4 }),
  frozen: fc.array(place, { maxLength: 6 }),
  probes: fc.array(place, { minLength: 3, maxLength: 3 }),
  clipNorm: fc.constantFrom(0, 0.125),
  seed: fc.nat({ max: 2 ** 31 }),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;
type Values = Map<string, Float32Array<ArrayBuffer>>;

const [momentum, weightDecay, learningRate] = [0.5, 0.01, 0.125];

/** Records every graph with its optimiser, and gives what is needed to check a replay of it. */
async function recordGraphs(engine: Engine, given: Case, parameters: Parameters, ring: LossRing) {
  const sizes: GraphSizes = given;
  const start = await parameters.values();
  const inputsOf = (values: Values, k: number, decisions: number[]): GraphInputs => ({
    engine,
    decisions,
    random: new RandomValues(given.seed + k),
    parameters: new Map(parameters.specs.map(({ key, trainable }) => [
      key,
      { tensor: parameters.get(key), values: values.get(key)!, trainable },
    ])),
  });
  return await Promise.all(given.graphs.map(async (graph, k) => {
    const decisions: number[] = [];
    /** The same graph on the host, at other values of the parameters. */
    const onHost = (values: Values) => {
      const built = buildGraph(graph, sizes, inputsOf(values, k, decisions), undefined);
      built.tape.backward(built.loss.host);
      return built;
    };
    const recorded = engine.record(`graph ${k}`, (step) => {
      const { loss, pool } = buildGraph(graph, sizes, inputsOf(start, k, decisions), step);
      step.backward(loss.device!, engine.one);
      const probed = given.probes.map((probe) => probe % pool.length).map((at) => {
        const value = pool[at].device!;
        if (!value.requiresGradient) {
          assert.throws(() => step.gradient(value), /was made without requiresGradient/);
          return { at, gradient: undefined };
        }
        const gradient = step.gradient(value);
        return { at, gradient: gradient && step.keep(gradient) };
      });
      const options = { kind: "sgd", betas: [momentum, 0], weightDecay, clipNorm: given.clipNorm } as const;
      recordOptimizer(step, parameters, loss.device!, ring, options);
      return { loss: step.keep(loss.device!), probed };
    });
    const reached = parameters.trainableKeys.some((key) => onHost(start).leaves.get(key)?.gradient);
    if (reached) return { ...await recorded, onHost };
    await assert.rejects(recorded, /the optimiser would move nothing/);
  }));
}

/** Runs a case: gradients, losses, norms and moved parameters of every replay against float64. */
async function checkCase(engine: Engine, given: Case): Promise<void> {
  const keys = graphParameters(given);
  const parameters = new Parameters(
    engine.device,
    keys.map(({ key, shape }, k) => ({
      key,
      shape,
      kind: "parameter",
      trainable: !given.frozen.some((other) => other % keys.length === k),
    })),
  );
  const random = new RandomValues(given.seed);
  for (const { key, shape } of keys) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    parameters.write(key, random.floats(size, key.startsWith("weight") ? 1.5 / Math.sqrt(shape[1]) : 1));
  }
  const ring = new LossRing(engine.device);
  const plans = await recordGraphs(engine, given, parameters, ring);
  try {
    let before = await parameters.values();
    let moments = (await parameters.moments()).first;
    for (const [step, choice] of given.order.entries()) {
      const chosen = plans[choice % plans.length];
      if (!chosen) continue;
      const { plan, result, onHost } = chosen;
      ring.reset(step);
      plan.replay(new Map(), { step, seed: 0, learningRate });
      const host = onHost(before);
      const gradients = await parameters.gradients(plan);
      const reached = parameters.trainableKeys.filter((key) => host.leaves.get(key)?.gradient);
      assert.deepEqual(
        [...gradients.keys()].toSorted(),
        reached.toSorted(),
        "parameters that the loss reaches",
      );
      const wanted = [...host.leaves.values(), ...host.pool.map((value) => value.host)];
      const largest = Math.max(...wanted.map(({ gradient }) => gradient ? magnitude(gradient) : 0));
      const closeness = { tolerance: 2e-4, absolute: 2e-6 * largest + 1e-12 };
      const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
      assertClose(await read(result.loss), host.loss.host.data, "loss", { tolerance: 2e-5 });
      for (const { at, gradient } of result.probed) {
        const expected = host.pool[at].host.gradient;
        assert.equal(gradient !== undefined, expected !== undefined, `whether value ${at} has a gradient`);
        if (gradient) assertClose(await read(gradient), expected!, `gradient of value ${at}`, closeness);
      }
      const squares = reached.map((key) =>
        host.leaves.get(key)!.gradient!.reduce((sum, g) => sum + g * g, 0)
      );
      const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
      const [record] = await ring.read(step + 1);
      assert.equal(record.halted, false);
      assertClose([record.norm], [norm], "norm", { tolerance: 2e-4, absolute: 1e-10 });
      const clip = given.clipNorm > 0 ? Math.min(1, given.clipNorm / (norm + 1e-6)) : 1;
      const after = await parameters.values();
      const movedMoments = (await parameters.moments()).first;
      for (const { key } of parameters.specs) {
        if (!reached.includes(key)) {
          assert.deepEqual(after.get(key), before.get(key), `${key}, which the loss does not reach`);
          assert.deepEqual(movedMoments.get(key), moments.get(key), `moment of ${key}`);
          continue;
        }
        const expected = host.leaves.get(key)!.gradient!;
        assertClose(gradients.get(key)!, expected, `gradient of ${key}`, closeness);
        const moved = expected.map((g, i) =>
          momentum * moments.get(key)![i] + clip * g + weightDecay * before.get(key)![i]
        );
        assertClose(movedMoments.get(key)!, moved, `moment of ${key}`, closeness);
        const values = moved.map((m, i) => before.get(key)![i] - learningRate * m);
        assertClose(after.get(key)!, values, key, closeness);
      }
      [before, moments] = [after, movedMoments];
    }
  } finally {
    for (const chosen of plans) chosen?.plan.dispose();
    parameters.dispose();
    ring.dispose();
  }
}

const magnitude = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

gpuTest(`gradients and updates of ${numRuns} random graphs agree with a tape in float64`, async (engine) => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      await checkCase(engine, given);
      if (++run % 20 > 0) return;
      // Now and then memory is fresh.
      await engine.device.idle();
      engine.workspace.dispose();
    }),
    { numRuns, seed: 20261128 },
  );
}, ["software"]);

releaseEngines();
