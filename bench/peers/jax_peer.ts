/** jax-js as a contender, on the backend named by the first argument (webgpu or wasm); compiled with its `jit`. */
import { peerCases } from "./peer_case.ts";
import type { PeerWork } from "./protocol.ts";
import { type PreparedWork, servePeer, webgpuAdapter } from "./serve_peer.ts";

/** What is used of a jax-js array. An array is used up by the function it is given to, except through `ref`. */
interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: readonly number[];
  add(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  sum(): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}

type JaxFunction = (...arrays: JaxArray[]) => JaxArray;

interface Jax {
  init(backend: string): Promise<string[]>;
  defaultDevice(backend: string): void;
  jit<F>(run: F): F & { dispose(): void };
  grad(loss: JaxFunction, options: { argnums: number[] }): (...arrays: JaxArray[]) => JaxArray[];
  blockUntilReady(arrays: JaxArray[]): Promise<unknown>;
  readonly nn: { softmax(x: JaxArray, axis: number): JaxArray };
  readonly numpy: {
    array(values: Float32Array): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    einsum(subscripts: string, ...operands: JaxArray[]): JaxArray;
  };
}

const backend = Deno.args[0];
// Not a literal: the package is known to this folder's packages.json only, not to the project's type check.
const packageName: string = "@jax-js/jax";
const jax = await import(packageName) as Jax;
const { matmul, einsum } = jax.numpy;

/** The case's output as a function of its inputs, in the order in which they are given. */
function functionOf({ case: name, form, sizes }: PeerWork): JaxFunction {
  if (name === "matmul") return (a, b) => matmul(a, b);
  if (name === "attention") {
    const scale = 1 / Math.sqrt(sizes.depth);
    return (q, k, v) => {
      const weights = jax.nn.softmax(einsum("hqd,hkd->hqk", q, k).mul(scale), -1);
      return einsum("hqk,hkd->hqd", weights, v);
    };
  }
  const { batch, genes, width } = sizes;
  const scale = 1 / Math.sqrt(width);
  if (form === "materialised") {
    return (profile, condition, wGex, wComp, ppi) => {
      const spread = (x: JaxArray) => x.reshape([batch, genes, 1]);
      const over = (w: JaxArray) => w.reshape([1, genes, width]);
      const queries = spread(profile.ref).mul(over(wGex)).add(spread(condition).mul(over(wComp)));
      const scores = einsum("bic,bkc->bik", queries.ref, queries).mul(scale).add(
        ppi.reshape([1, genes, genes]),
      );
      return matmul(scores, spread(profile)).reshape([batch, genes]);
    };
  }
  return (profile, condition, wGex, wComp, ppi) => {
    const z = matmul(profile.ref.mul(profile.ref), wGex.ref)
      .add(matmul(profile.ref.mul(condition.ref), wComp.ref));
    const scores = profile.ref.mul(einsum("bc,gc->bg", z.ref, wGex))
      .add(condition.mul(einsum("bc,gc->bg", z, wComp)));
    return scores.mul(scale).add(einsum("bk,ik->bi", profile, ppi));
  };
}

function prepare(work: PeerWork): Promise<PreparedWork> {
  const { arrays, differentiated, upstream } = peerCases[work.case].inputs(work.sizes, work.seed);
  const names = Object.keys(arrays);
  const onDevice = ({ shape, data }: typeof upstream) => jax.numpy.array(data).reshape(shape);
  const inputs = names.map((name) => onDevice(arrays[name]));
  const output = functionOf(work);
  const both = work.pass === "both";
  if (both) inputs.push(onDevice(upstream));
  const places = differentiated.map((name) => names.indexOf(name));
  const loss: JaxFunction = (...given) => output(...given.slice(0, -1)).mul(given.at(-1)!).sum();
  const compiled = both
    ? jax.jit(jax.grad(loss, { argnums: places }))
    : jax.jit((...given: JaxArray[]) => [output(...given)]);
  let results: JaxArray[] = [];
  // jax-js computes late: a result that is disposed of before anybody asks for it is never computed. All results of a
  // timed series are therefore kept until it has been waited for.
  let series: JaxArray[] = [];
  const wait = async () => {
    await jax.blockUntilReady(series.map((result) => result.ref));
    for (const result of series) if (!results.includes(result)) result.dispose();
    series = [...results];
  };
  const bytes = (array: JaxArray) => 4 * array.shape.reduce((product, extent) => product * extent, 1);
  return Promise.resolve({
    async run() {
      results = compiled(...inputs.map((input) => input.ref));
      series.push(...results);
      if (series.length * bytes(results[0]) > 1 << 30) await wait();
    },
    wait,
    async outputs() {
      const outputs: Record<string, Float32Array> = {};
      for (const [k, result] of results.entries()) {
        outputs[both ? `d${differentiated[k]}` : "y"] = await result.ref.data();
      }
      return outputs;
    },
    dispose() {
      for (const array of [...series, ...inputs]) array.dispose();
      compiled.dispose();
    },
  });
}

await servePeer(async () => {
  const adapter = backend === "webgpu" ? await webgpuAdapter() : "WebAssembly on the CPU";
  await jax.init(backend);
  jax.defaultDevice(backend);
  return { versions: { "@jax-js/jax": "0.1.25" }, adapter, prepare };
});
