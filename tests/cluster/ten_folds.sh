#!/usr/bin/env bash
# Ten folds as an array of Slurm, two of them killed while they run and requeued, then collected. Run by slurm.sh.
# usage: ten_folds.sh OUT
set -euo pipefail
out=$1
cd "$(dirname "$0")/../.."
words="train ridge --simulator genes=160,cells=2,drugs=11,decoys=1 --split drug-folds --folds 10 --fold all"
job=$(sbatch --parsable --array=0-9 --output="$(dirname "$out")/slurm-%a.txt" --open-mode=append docs/cluster/folds.sbatch "$out" $words)
for victim in 1 4; do
  until squeue -h -r -t R -o %i | grep -qx "${job}_$victim"; do sleep 0.05; done
  # It runs: give the program a moment to begin, then no chance to save.
  sleep "0.$((RANDOM % 9))"
  scancel --full --signal=KILL "${job}_$victim"
  until squeue -h -r -t F,CD,CA,NF -o %i -j "$job" | grep -qx "${job}_$victim"; do sleep 0.05; done
  echo "killed ${job}_$victim: $(squeue -h -r -t all -o '%i %T' -j "$job" | grep "_$victim ")"
done
for victim in 1 4; do
  scontrol requeue "${job}_$victim"
  # Slurm would wait two minutes before it starts a requeued job.
  scontrol update "JobId=${job}_$victim" StartTime=now
done
while [ -n "$(squeue -h -t PD,R,CG,CF -o %i -j "$job")" ]; do sleep 0.5; done
squeue -h -r -t all -o '%i %T' -j "$job"
deno task -q perturbine collect "$out"
find "$out" -name '.claim-*' | { ! grep .; }
