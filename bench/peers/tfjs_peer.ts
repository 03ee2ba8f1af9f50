/** TensorFlow.js as a contender, on the backend named by the first argument (webgpu or wasm). */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { peerCases } from "./peer_case.ts";
import type { PeerWork } from "./protocol.ts";
import { type PreparedWork, servePeer, webgpuAdapter } from "./serve_peer.ts";

interface TfTensor {
  add(other: TfTensor): TfTensor;
  mul(other: TfTensor | number): TfTensor;
  square(): TfTensor;
  reshape(shape: readonly number[]): TfTensor;
  slice(begin: readonly number[], size: readonly number[]): TfTensor;
  readonly shape: readonly number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

type TfFunction = (...tensors: TfTensor[]) => TfTensor;

interface TensorFlow {
  readonly version_core: string;
  setBackend(name: string): Promise<boolean>;
  tensor(values: Float32Array, shape: readonly number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  softmax(x: TfTensor): TfTensor;
  grads(run: TfFunction): (inputs: readonly TfTensor[], upstream: TfTensor) => TfTensor[];
  tidy<T>(run: () => T): T;
}

const backend = Deno.args[0];
// Not literals: the packages are known to this folder's packages.json only, not to the project's type check.
const packageName: string = "@tensorflow/tfjs";
const backendName: string = `@tensorflow/tfjs-backend-${backend}`;

async function load(): Promise<TensorFlow> {
  const module = await import(packageName) as { default?: TensorFlow } & TensorFlow;
  const added = await import(backendName) as { setWasmPaths?(folder: string): void };
  added.setWasmPaths?.(`${dirname(createRequire(import.meta.url).resolve(backendName))}/`);
  return module.default ?? module;
}

const tf = await load();

/** The case's output as a function of its inputs, in the order in which they are given. */
function functionOf({ case: name, form, sizes }: PeerWork): TfFunction {
  if (name === "matmul") return (a, b) => tf.matMul(a, b);
  if (name === "attention") {
    const scale = 1 / Math.sqrt(sizes.depth);
    return (q, k, v) => tf.matMul(tf.softmax(tf.matMul(q, k, false, true).mul(scale)), v);
  }
  const { batch, genes, width } = sizes;
  const scale = 1 / Math.sqrt(width);
  if (form === "materialised") {
    return (profile, condition, wGex, wComp, ppi) => {
      const spread = (x: TfTensor) => x.reshape([batch, genes, 1]);
      const queries = spread(profile).mul(wGex).add(spread(condition).mul(wComp));
      const scores = tf.matMul(queries, queries, false, true).mul(scale).add(ppi);
      return tf.matMul(scores, spread(profile)).reshape([batch, genes]);
    };
  }
  return (profile, condition, wGex, wComp, ppi) => {
    const z = tf.matMul(profile.square(), wGex).add(tf.matMul(profile.mul(condition), wComp));
    const scores = profile.mul(tf.matMul(z, wGex, false, true)).add(
      condition.mul(tf.matMul(z, wComp, false, true)),
    );
    return scores.mul(scale).add(tf.matMul(profile, ppi, false, true));
  };
}

function prepare(work: PeerWork): Promise<PreparedWork> {
  const { arrays, differentiated, upstream } = peerCases[work.case].inputs(work.sizes, work.seed);
  const names = Object.keys(arrays);
  const inputs = names.map((name) => tf.tensor(arrays[name].data, arrays[name].shape));
  const above = tf.tensor(upstream.data, upstream.shape);
  const output = functionOf(work);
  const both = work.pass === "both";
  // What is not differentiated is closed over: `grads` differentiates all of its arguments.
  const varied = differentiated.map((name) => inputs[names.indexOf(name)]);
  const still = inputs.slice(differentiated.length);
  const gradients = tf.grads((...given) => output(...given, ...still));
  let results: TfTensor[] = [];
  return Promise.resolve({
    run() {
      for (const result of results) result.dispose();
      results = tf.tidy(() => both ? gradients(varied, above) : [output(...inputs)]);
    },
    async wait() {
      // Reading one value makes TensorFlow.js submit what it still holds back, and waits for all of it.
      const last = results.at(-1)!;
      const one = last.slice(last.shape.map(() => 0), last.shape.map(() => 1));
      await one.data();
      one.dispose();
    },
    async outputs() {
      const outputs: Record<string, Float32Array> = {};
      for (const [k, result] of results.entries()) {
        outputs[both ? `d${differentiated[k]}` : "y"] = await result.data();
      }
      return outputs;
    },
    dispose() {
      for (const tensor of [...results, ...inputs, above]) tensor.dispose();
    },
  });
}

await servePeer(async () => {
  const adapter = backend === "webgpu" ? await webgpuAdapter() : "WebAssembly on the CPU";
  if (!await tf.setBackend(backend)) throw new Error(`TensorFlow.js has no ${backend} here.`);
  return { versions: { "@tensorflow/tfjs": tf.version_core }, adapter, prepare };
});
