/** Faults of a device: they strike the next device that is opened, by standing in for parts of WebGPU. */

/** What is done to the device. All counts are from 0. */
export interface Fault {
  /** Ends the device just before (or after) it is given so many command buffers. */
  readonly destroyAt?: { readonly submit: number; readonly after?: boolean };
  /** Lets memory run out at this allocation: its buffer cannot be used, and whoever asked is told, or the device itself. */
  readonly memoryAt?: number;
  /** A kernel whose first output value becomes NaN. */
  readonly notANumber?: string;
  /** A kernel whose code is damaged. */
  readonly unreadable?: string;
  /** Never gives values back from so many reads on. */
  readonly hangAt?: number;
}

/** What a device was asked for while faults were looked for. */
export interface Seen {
  submits: number;
  buffers: number;
  reads: number;
  readonly kernels: Set<string>;
}

const injected = { message: "injected" } as GPUError;

/** Runs something on faulty devices, and says what was asked of them. */
export async function withFault(fault: Fault, run: () => Promise<void>): Promise<Seen> {
  const seen: Seen = { submits: 0, buffers: 0, reads: 0, kernels: new Set() };
  const device = GPUDevice.prototype, queue = GPUQueue.prototype, buffer = GPUBuffer.prototype;
  const { createBuffer, createShaderModule, popErrorScope, pushErrorScope } = device;
  const { submit } = queue, { mapAsync } = buffer;
  let last: GPUDevice | undefined;
  const scopes: { readonly filter: GPUErrorFilter; struck: boolean }[] = [];
  device.createBuffer = function (descriptor) {
    last = this;
    const made = createBuffer.call(this, descriptor);
    if (seen.buffers++ !== fault.memoryAt) return made;
    const scope = scopes.findLast(({ filter }) => filter === "out-of-memory");
    if (scope) scope.struck = true;
    else this.dispatchEvent(Object.assign(new Event("uncapturederror"), { error: injected }));
    made.destroy();
    return made;
  };
  device.pushErrorScope = function (filter) {
    scopes.push({ filter, struck: false });
    pushErrorScope.call(this, filter);
  };
  device.popErrorScope = async function () {
    const { struck } = scopes.pop()!;
    const found = await popErrorScope.call(this);
    return struck ? injected : found;
  };
  device.createShaderModule = function (descriptor) {
    const label = descriptor.label ?? "";
    seen.kernels.add(label);
    const code = label === fault.unreadable
      ? `${descriptor.code}\nfn broken( {`
      : label === fault.notANumber
      ? withNaN(descriptor.code)
      : descriptor.code;
    return createShaderModule.call(this, { ...descriptor, code });
  };
  queue.submit = function (buffers) {
    const strikes = seen.submits++ === fault.destroyAt?.submit;
    if (strikes && !fault.destroyAt?.after) last?.destroy();
    submit.call(this, buffers);
    if (strikes && fault.destroyAt?.after) last?.destroy();
  };
  buffer.mapAsync = function (mode, offset, size) {
    return fault.hangAt !== undefined && seen.reads++ >= fault.hangAt
      ? new Promise(() => {})
      : mapAsync.call(this, mode, offset, size);
  };
  try {
    await run();
  } finally {
    Object.assign(device, { createBuffer, createShaderModule, popErrorScope, pushErrorScope });
    Object.assign(queue, { submit });
    Object.assign(buffer, { mapAsync });
  }
  return seen;
}

/** A kernel that spoils the first value of its first output of floating-point numbers; undefined behind: it has none. */
export function spoilt(code: string): string | undefined {
  const output = /var<storage,\s*read_write>\s+(\w+)\s*:\s*array<(?:f32|vec4f|vec4<f32>)>/.exec(code)?.[1];
  const main = code.lastIndexOf("fn main(");
  const begin = code.indexOf("{", code.indexOf(")", main));
  if (output === undefined || main < 0 || begin < 0) return undefined;
  let depth = 0, end = begin;
  for (; end < code.length; end++) {
    if (code[end] === "{") depth++;
    else if (code[end] === "}" && --depth === 0) break;
  }
  // Difference over difference: a constant NaN is refused by the compiler.
  const spoil = `{ let nothing = ${output}[0] - ${output}[0]; ${output}[0] = nothing / nothing; }\n`;
  return code.slice(0, end) + spoil + code.slice(end);
}

function withNaN(code: string): string {
  return spoilt(code) ?? code;
}
