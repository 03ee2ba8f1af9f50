#!/usr/bin/env bash
# The folds of docs/cluster/Snakefile as jobs that Snakemake submits to Slurm. Run by slurm.sh.
# usage: snakemake_folds.sh OUT
set -euo pipefail
out=$1
cd "$(dirname "$0")/../.."
words="train ridge --simulator genes=160,cells=2,drugs=11,decoys=1 --split drug-folds"
# Its state is a folder where it is called from.
root=$PWD
cd "$(dirname "$out")"
snakemake --quiet -s "$root/docs/cluster/Snakefile" --directory "$root" --jobs 4 --latency-wait 30 --nolock \
  --cluster "sbatch --parsable --output=$(dirname "$out")/snakemake-%j.txt" \
  --config folds=10 out="$out" command="$words" >&2
# The tasks stand in the repository.
cd "$root"
deno task -q perturbine collect "$out"
find "$out" -name '.claim-*' | { ! grep .; }
