import assert from "node:assert/strict";
import { readMechanisms } from "../../../datasets/evaluation/read_mechanisms.ts";
import { rowTable } from "./row_table.ts";

const { drug } = rowTable({ drugs: ["A", "B", "C", "D", "E", "F", "G"], outputs: 1 });

async function mechanisms(text: string, identify?: (smiles: string) => string) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    return await readMechanisms(path, drug, { identify });
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("drugs that share a mechanism, or are linked through others, are one cluster", async () => {
  const { clusters, note } = await mechanisms(
    "phase,moa,drug\n1,MEK inhibitor|RAF inhibitor,A\n2,RAF inhibitor; VEGFR inhibitor,name of B\n3,VEGFR inhibitor,NAME OF C\n" +
      "1,HDAC inhibitor,D\n,,E\n,UNKNOWN,F\n,something,a stranger\n",
  );
  assert.deepEqual(Object.fromEntries(clusters), {
    A: "RAF inhibitor",
    B: "RAF inhibitor",
    C: "RAF inhibitor",
    D: "HDAC inhibitor",
  });
  assert.equal(
    note,
    "Mechanisms are known of 4 of 7 drugs and put them into 2 clusters, the largest of 3; every other drug is one of its own.",
  );
});

Deno.test("targets take several lines a drug, and SMILES are recognised", async () => {
  const { clusters } = await mechanisms(
    "smiles,target\nA.Cl,MAP2K1\nA.Cl,BRAF\nB,BRAF\nG,EGFR\n",
    (smiles) => smiles.replace(".Cl", ""),
  );
  assert.deepEqual(Object.fromEntries(clusters), { A: "BRAF", B: "BRAF", G: "EGFR" });
});

Deno.test("a table without mechanisms is refused with the columns it has", async () => {
  await assert.rejects(
    () => mechanisms("drug,phase\nA,1\n"),
    /found the columns "drug", "phase", expected "moa" or "mechanism"/,
  );
});

Deno.test("a table that tells of none of the drugs is refused: it would make every drug a cluster", async () => {
  await assert.rejects(
    () => mechanisms("drug,moa\nX,EGFR inhibitor\nA,unknown\n"),
    /found a mechanism or target of none of the 7 drugs of the data, such as "name of A" or "A"; expected .*column "drug"/,
  );
});
