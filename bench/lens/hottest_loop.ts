import type { Block, Instruction } from "./machine_code.ts";

/** Rounds that an inner loop is taken to make for each of the loop around it: only an order of merit hangs on it. */
const assumedRounds = 8;

/**
 * The instructions that a kernel spends its time in, as far as the code tells: those that the loop with the most multiply-adds
 * runs a round, loops inside it not counted; a deeper loop counts for more. The whole code where there is no loop.
 */
export function hottestLoop(blocks: readonly Block[]): readonly Instruction[] {
  const loops = naturalLoops(blocks);
  const depth = (block: number) => loops.filter((members) => members.has(block)).length;
  let best: readonly Instruction[] = [], most = -1;
  for (const members of loops) {
    // Of the innermost loop around it.
    const own = [...members].filter((block) =>
      !loops.some((other) => other !== members && other.has(block) && other.size < members.size)
    ).sort((a, b) => a - b);
    const instructions = own.flatMap((block) => blocks[block].instructions);
    const multiplyAdds = instructions.reduce((sum, instruction) => sum + instruction.multiplyAdds, 0);
    // Instructions decide among loops without multiply-adds.
    const weight = (multiplyAdds + instructions.length / 1e6) *
      assumedRounds ** Math.max(...own.map(depth), 0);
    if (weight > most) [most, best] = [weight, instructions];
  }
  return loops.length > 0 ? best : blocks.flatMap(({ instructions }) => instructions);
}

/** Sets of blocks, one a loop header: what leads back to it without passing through it. */
function naturalLoops(blocks: readonly Block[]): Set<number>[] {
  const before = blocks.map((): number[] => []);
  blocks.forEach(({ successors }, block) => successors.forEach((next) => before[next].push(block)));
  const loops = new Map<number, Set<number>>();
  for (const [from, header] of backEdges(blocks)) {
    const members = loops.get(header) ?? new Set([header]);
    const open = [from];
    for (let block = open.pop(); block !== undefined; block = open.pop()) {
      if (members.has(block)) continue;
      members.add(block);
      open.push(...before[block]);
    }
    loops.set(header, members);
  }
  return [...loops.values()];
}

/** Edges to a block that is still being walked through, in a walk from the first block. */
function backEdges(blocks: readonly Block[]): [number, number][] {
  const edges: [number, number][] = [];
  const state = new Uint8Array(blocks.length); // 1: on the path, 2: done
  const path: { block: number; next: number }[] = [{ block: 0, next: 0 }];
  state[0] = 1;
  while (path.length > 0) {
    const top = path.at(-1)!;
    const target = blocks[top.block].successors[top.next++];
    if (target === undefined) {
      state[top.block] = 2;
      path.pop();
    } else if (state[target] === 1) edges.push([top.block, target]);
    else if (state[target] === 0) {
      state[target] = 1;
      path.push({ block: target, next: 0 });
    }
  }
  return edges;
}
