/** Trains the linear task in a folder and kills itself before the given step to the disk: `killed_training.ts FOLDER STEP`. */
import { watchDisk } from "../../host/disk_step.ts";
import { RunStore } from "../../models/run_store.ts";
import { trainLoop } from "../../models/train_loop.ts";
import { LinearTask } from "../models/linear_task.ts";
import { data, settings, split } from "../models/linear_training.ts";

const [folder, at] = Deno.args;
let step = 0;
watchDisk(() => {
  if (step++ === Number(at)) Deno.kill(Deno.pid, "SIGKILL");
});
await trainLoop(new LinearTask(data), split, data.y, { ...settings, store: new RunStore(folder) });
