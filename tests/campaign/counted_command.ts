/** Runs a command line and says how many steps to the disk it took: `counted_command.ts WORDS...`. */
import { main } from "../../cli/main.ts";
import { watchDisk } from "../../host/disk_step.ts";

let steps = 0;
watchDisk(() => void steps++);
const code = await main(Deno.args);
console.log(`steps to the disk: ${steps}`);
Deno.exit(code);
