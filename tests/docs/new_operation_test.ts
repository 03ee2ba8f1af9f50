import assert from "node:assert/strict";
import { rowDot } from "../../docs/examples/row_dot/row_dot.ts";
import { Engine } from "../../engine/mod.ts";

Deno.test("the worked example of docs/new_operation.md gives its products and both gradients", async () => {
  const engine = await Engine.open(navigator.gpu, { poison: true });
  const [rows, width] = [33, 7];
  const random = (seed: number) =>
    Float32Array.from({ length: rows * width }, (_, i) => Math.sin(seed + 1.7 * i));
  const [a, b] = [random(1), random(2)];
  const upstream = Float32Array.from({ length: rows }, (_, r) => Math.cos(r));
  const ta = engine.constant([rows, width], a, "a", true);
  const tb = engine.constant([rows, width], b, "b", true);
  const dy = engine.constant([rows, 1], upstream, "dy");
  const { plan, result } = await engine.record("example", (step) => {
    const y = step.keep(rowDot(step, { a: ta, b: tb }));
    step.backward(y, dy);
    return { y, da: step.keep(step.gradient(ta)!), db: step.keep(step.gradient(tb)!) };
  });
  plan.replay(new Map(), engine.still);
  const [y, da, db] = await Promise.all(
    [result.y, result.da, result.db].map(async (tensor) => new Float32Array(await plan.read(tensor))),
  );
  const close = (found: number, expected: number) =>
    assert(Math.abs(found - expected) < 1e-5, `${found}, ${expected}`);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < width; c++) {
      const i = r * width + c;
      sum += a[i] * b[i];
      close(da[i], upstream[r] * b[i]);
      close(db[i], upstream[r] * a[i]);
    }
    close(y[r], sum);
  }
  engine.dispose();
});
