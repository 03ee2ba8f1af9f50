/** Runs `bench` alone: `bench/main.ts kernels --kernel csg2a-block`. */
import { benchCommand } from "../cli/commands/bench.ts";

await benchCommand().parseAsync(Deno.args, { from: "user" });
