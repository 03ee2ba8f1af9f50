/** A contender whose products are a thousandth off, for the test that such a one gets no time. */
import { peerCases } from "../../bench/peers/peer_case.ts";
import { servePeer } from "../../bench/peers/serve_peer.ts";

await servePeer(() =>
  Promise.resolve({
    versions: {},
    adapter: "nowhere",
    prepare({ case: name, sizes, seed, pass }) {
      const inputs = peerCases[name].inputs(sizes, seed);
      const right = Object.entries(peerCases[name].expected(sizes, inputs));
      const wanted = right.filter(([output]) => (output === "y") === (pass === "forward"));
      const outputs = wanted.map(([output, values]) => [
        output,
        Float32Array.from(values, (value) => 1.001 * value),
      ]);
      return Promise.resolve({
        run() {},
        wait: () => Promise.resolve(),
        outputs: () => Promise.resolve(Object.fromEntries(outputs)),
        dispose() {},
      });
    },
  })
);
