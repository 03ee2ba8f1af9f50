#!/usr/bin/env bash
# A Slurm of one node of 2 CPUs on this machine, without systemd, for as long as the command that is given runs; for tests.
# usage: slurm.sh FOLDER COMMAND...    (as root: munge refuses to share a user with Slurm's daemons)
# FOLDER gets all files of the daemons; the command finds SLURM_CONF set. Exit 77: packages are missing, which is said.
set -euo pipefail
folder=$1; shift
missing=()
for program in slurmctld slurmd sbatch munged; do command -v "$program" >/dev/null || missing+=("$program"); done
if [ ${#missing[@]} -gt 0 ]; then
  echo "skipped: ${missing[*]} not installed (apt-get install slurmctld slurmd slurm-client munge)"; exit 77
fi
[ "$(id -u)" = 0 ] || { echo "skipped: Slurm's daemons need root"; exit 77; }

mkdir -p "$folder"/{spool,state,munge,log}
chmod 755 "$folder"
# munge wants folders that nobody else can write to, on every level of their path.
run=$(mktemp -d /run/perturbine-munge.XXXXXX)
dd if=/dev/urandom of="$run/key" bs=1024 count=1 status=none
chown -R munge:munge "$run"; chmod 755 "$run"; chmod 400 "$run/key"
daemons=()
finish() {
  for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$run"
}
trap finish EXIT
setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --force --key-file="$run/key" \
  --socket="$run/socket" --pid-file="$run/pid" --log-file="$run/log" --seed-file="$run/seed" >"$run/out" 2>&1 &
daemons+=($!)

host=$(hostname -s)
cat > "$folder/slurm.conf" <<CONF
ClusterName=perturbine
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=${SLURM_TEST_PORT:-16817}
SlurmdPort=$((${SLURM_TEST_PORT:-16817} + 1))
AuthType=auth/munge
AuthInfo=socket=$run/socket
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=2
MinJobAge=300
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$folder/slurm.conf"
for _ in $(seq 50); do [ -S "$run/socket" ] && break; sleep 0.1; done
slurmctld -D -c >"$folder/log/out" 2>&1 & daemons+=($!)
slurmd -D -c -N "$host" >"$folder/log/out" 2>&1 & daemons+=($!)
for _ in $(seq 100); do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 0.2; done
sinfo -h -o %T | grep -q idle || { echo "Slurm's node did not come up; see $folder/log" >&2; exit 1; }
"$@"
