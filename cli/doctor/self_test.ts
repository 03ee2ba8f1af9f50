import copyCode from "./copy.wgsl" with { type: "text" };
import matmulCode from "./matmul.wgsl" with { type: "text" };
import { timedKernel } from "./timed_kernel.ts";

/** What one second of work shows of a device. */
export interface SelfTest {
  /** Matrix product, float32, billions of multiplications and additions a second. */
  readonly gflops: number;
  /** Edge of the matrices that it was measured on. */
  readonly matmulSize: number;
  /** Copy inside device memory, billions of bytes read and written a second. */
  readonly gigabytesPerSecond: number;
  /** Bytes that the copy was measured on. */
  readonly copyBytes: number;
  /** Whether both gave exactly the right values. */
  readonly correct: boolean;
}

/** Work grows until a run takes this long, in milliseconds: long enough for the clock, short enough for a second in all. */
const target = 60;

/**
 * Multiplies and copies on the device for about a second, in growing sizes, and checks the values.
 * @throws {Error} with the driver's message when the device refuses a kernel
 */
export async function selfTest(device: GPUDevice): Promise<SelfTest> {
  const matmul = await growing(256, 4096, (size) => matmulAt(device, size));
  const limit = Math.min(
    device.limits.maxStorageBufferBindingSize,
    device.limits.maxBufferSize,
    256 * 2 ** 20,
  );
  const copy = await growing(4 * 2 ** 20, limit, (bytes) => copyAt(device, bytes));
  return {
    gflops: 2 * matmul.size ** 3 / matmul.milliseconds / 1e6,
    matmulSize: matmul.size,
    gigabytesPerSecond: 2 * copy.size / copy.milliseconds / 1e6,
    copyBytes: copy.size,
    correct: matmul.correct && copy.correct,
  };
}

interface Measurement {
  readonly milliseconds: number;
  readonly correct: boolean;
}

/** Doubles the size while a run stays short; the last size counts. */
async function growing(first: number, last: number, measure: (size: number) => Promise<Measurement>) {
  let result = { size: first, ...await measure(first) };
  let correct = result.correct;
  // The next matrix product takes eight times as long, so a short run is one below an eighth of the target.
  while (result.milliseconds < target / 8 && result.size * 2 <= last) {
    const size = result.size * 2;
    result = { size, ...await measure(size) };
    correct &&= result.correct;
  }
  return { ...result, correct };
}

async function best(run: (repeats: number) => Promise<number>): Promise<number> {
  await run(1); // Software drivers compile on the first dispatch.
  const times = [await run(1), await run(1), await run(1)];
  // A run below a millisecond is measured in a row, where the clock's own grain does not count.
  if (times[2] < 1) times.push(await run(20));
  return Math.min(...times.filter((time) => time > 0), Infinity);
}

/** Small whole numbers: their products and sums are exact in float32. */
const left = (row: number, column: number) => (row * 7 + column * 3) % 5 - 2;
const right = (row: number, column: number) => (row * 3 + column * 11) % 7 - 3;

async function matmulAt(device: GPUDevice, size: number): Promise<Measurement> {
  const fill = (value: (row: number, column: number) => number) => {
    const values = new Float32Array(size * size);
    for (let i = 0; i < values.length; i++) values[i] = value(Math.floor(i / size), i % size);
    return values;
  };
  using kernel = await timedKernel({
    device,
    label: "doctor matmul",
    code: matmulCode,
    storage: [fill(left), fill(right), size * size * 4],
    uniform: size,
    groups: [size / 32, size / 32],
  });
  const milliseconds = await best(kernel.run);
  // The first rows are enough to check: every thread of the first groups wrote some of them.
  const rows = await kernel.read(size * 4);
  let correct = true;
  for (let i = 0; i < rows.length; i += 37) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += left(Math.floor(i / size), k) * right(k, i % size);
    correct &&= rows[i] === sum;
  }
  return { milliseconds, correct };
}

async function copyAt(device: GPUDevice, bytes: number): Promise<Measurement> {
  const values = Float32Array.from({ length: 1024 }, (_, i) => i % 251);
  const content = new Float32Array(bytes / 4);
  content.set(values);
  using kernel = await timedKernel({
    device,
    label: "doctor copy",
    code: copyCode,
    storage: [content, bytes],
    uniform: bytes / 16,
    groups: [Math.min(2048, bytes / 16 / 256), 1],
  });
  const milliseconds = await best(kernel.run);
  const copied = await kernel.read(values.length);
  return { milliseconds, correct: copied.every((value, i) => value === values[i]) };
}
