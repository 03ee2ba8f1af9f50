/** Runs a command line and kills itself before the given step to the disk: `killed_command.ts STEP WORDS...`. */
import { main } from "../../cli/main.ts";
import { watchDisk } from "../../host/disk_step.ts";

const [at, ...words] = Deno.args;
let step = 0;
watchDisk(() => {
  if (step++ === Number(at)) Deno.kill(Deno.pid, "SIGKILL");
});
Deno.exit(await main(words));
