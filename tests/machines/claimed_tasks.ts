/**
 * A worker of the test beside it: works on whatever tasks of a folder no other process holds. A task is small here: it makes sure that
 * no other process works on it, writes its results once, and stays a while at every step, so that kills find it at each.
 */
import { RandomStream } from "../../datasets/random.ts";
import type { TaskList } from "../../runs/tasks/task_list.ts";
import { workOn } from "../../runs/tasks/work_on.ts";
import { profileReport } from "../report/fixtures.ts";

const [listFile, milliseconds, seed, stream] = Deno.args;
const chance = new RandomStream(Number(seed), Number(stream));
const list = JSON.parse(await Deno.readTextFile(listFile)) as TaskList;
const rest = () => new Promise((resume) => setTimeout(resume, chance.uniform() * Number(milliseconds)));

await workOn(list, "any", async ({ path, config }) => {
  using alone = await Deno.open(`${list.out}/${path.split("/").at(-1)}.lock`, { write: true, create: true });
  if (!await alone.tryLock(true)) throw new Error("two processes work on it at once");
  await rest();
  await Deno.writeTextFile(`${path}/config.json`, JSON.stringify(config));
  await rest();
  const file = `${path}/results.partial`;
  await Deno.writeTextFile(file, JSON.stringify(profileReport({ notes: [`${Deno.pid}`] })));
  await rest();
  // Fails where it is there already: the task would be done twice.
  await Deno.link(file, `${path}/results.json`);
  await Deno.remove(file);
  await rest();
}, { patience: 20 });
