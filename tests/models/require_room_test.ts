import assert from "node:assert/strict";
import { requireRoom } from "../../models/require_room.ts";

Deno.test("parameters beyond what a software driver is given are counted before any is made, with gradients and moments", () => {
  const spec = { key: "w", kind: "parameter", trainable: true } as const;
  const most = [{ ...spec, shape: [2 ** 14, 2 ** 14] }];
  requireRoom("MLP", "software", most);
  assert.throws(
    () => requireRoom("MLP", "software", [...most, { ...spec, shape: [7, 3] }]),
    /^UserError: MLP has 268,435,477 parameters, which need 4\.0 GiB with gradients and moments, expected 4\.0 GiB at most on a software/,
  );
  // Frozen ones and running state need a quarter; what a GPU has is not known.
  const frozen = [{ ...spec, trainable: false, shape: [2 ** 30] }];
  requireRoom("MLP", "software", frozen);
  assert.throws(() => requireRoom("MLP", "software", [...frozen, { ...spec, kind: "buffer", shape: [1] }]));
  requireRoom("MLP", "gpu", [{ ...spec, shape: [3_000_000, 3_000_000] }]);
});
