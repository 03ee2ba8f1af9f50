import type { Dispatch, Engine, InputData, Plan, StepValues } from "../engine/mod.ts";

/** Most bytes of a tensor that are looked at. */
const lookedAt = 1 << 22;

/**
 * Dispatches of a plan that return at once, by index. Where a device decides between two forms of a kernel both are
 * recorded, one after the other, with the same sizes and outputs, and one does nothing: its operations were not done. Each
 * such pair is run dispatch by dispatch, and what changes no byte of its outputs was idle. `inputs` are those of a replay.
 * Waits.
 */
export async function idleDispatches(
  engine: Engine,
  plan: Plan,
  values: StepValues = engine.still,
  inputs: InputData = new Map(),
): Promise<ReadonlySet<number>> {
  const { dispatches } = plan;
  const idle = new Set<number>();
  let at = 0;
  for (let k = 0; k + 1 < dispatches.length; k++) {
    if (!alternatives(dispatches[k], dispatches[k + 1])) continue;
    plan.replayRange(at, k, inputs, values);
    // NaN first, so that the first of the two cannot write what lies there already.
    for (const { buffer, offset, bytes } of writes(plan, dispatches[k])) {
      engine.device.queue.writeBuffer(buffer, offset, new Float32Array(bytes / 4).fill(NaN));
    }
    for (const index of [k, k + 1]) {
      const before = await contents(engine, plan, dispatches[index]);
      plan.replayRange(index, index + 1, inputs, values);
      const after = await contents(engine, plan, dispatches[index]);
      if (before === after) idle.add(index);
    }
    at = k + 2;
    k++;
  }
  if (at > 0) plan.replayRange(at, dispatches.length, inputs, values);
  await engine.device.idle();
  return idle;
}

/** Whether two dispatches are two forms of the same: same operation, sizes and outputs, other code or constants. */
export function alternatives(a: Dispatch, b: Dispatch): boolean {
  const outputs = ({ bindings }: Dispatch) =>
    bindings.filter(({ writes }) => writes).map(({ tensor, start }) => `${tensor.storage.kind} ${start}`);
  return a.operation === b.operation && a.kernel.name !== b.kernel.name &&
    JSON.stringify(a.uniforms) === JSON.stringify(b.uniforms) &&
    outputs(a).length > 0 && outputs(a).join() === outputs(b).join() &&
    a.bindings.every(({ tensor, writes }, k) => !writes || b.bindings[k]?.tensor === tensor);
}

function writes(plan: Plan, { bindings }: Dispatch) {
  return bindings.filter(({ writes }) => writes).map(({ tensor, start, length }) => {
    const { buffer, offset } = plan.location(tensor);
    return { buffer, offset: offset + 4 * start, bytes: Math.min(4 * length, lookedAt) };
  });
}

/** What a dispatch's outputs hold, as text that differs where they do. */
async function contents({ device }: Engine, plan: Plan, dispatch: Dispatch): Promise<string> {
  const texts: string[] = [];
  for (const { buffer, offset, bytes } of writes(plan, dispatch)) {
    const digest = await crypto.subtle.digest("SHA-256", await device.read(buffer, offset, bytes));
    texts.push(new Uint8Array(digest).join());
  }
  return texts.join(" ");
}
