#!/usr/bin/env bash
# Runs a command beside a throwaway Slurm: a controller and two nodes of this machine, reachable from nowhere else.
#
#     tests/slurm/with-slurm.sh COMMAND …
#
# Installs Debian's slurmctld, slurmd, slurm-client and munge when they are not there, which takes root and apt; where
# that is impossible it says so and does nothing. Whatever it started is gone when it ends, however it ends.
set -euo pipefail

skip() {
    echo "SKIPPED: no throwaway Slurm here: $1" >&2
    exit 0
}

[ "$(id -u)" = 0 ] || skip "it runs as root only"
need=""
for program in munged slurmctld slurmd sbatch squeue scontrol; do
    PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null || need="$need $program"
done
PATH="$PATH:/usr/sbin"
export PATH
if [ -n "$need" ]; then
    command -v apt-get >/dev/null || skip "there is no$need, and no apt-get to install them"
    echo "installing slurmctld slurmd slurm-client munge" >&2
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update && apt-get install -y --no-install-recommends slurmctld slurmd slurm-client munge; } \
        >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        skip "apt-get could not install$need"
    fi
    rm -f "$log"
fi

home=$(mktemp -d)
chmod 711 "$home"
munge='' control='' nodes=''

# Ends a process that was started here: TERM, and KILL to one that does not listen within five seconds.
end() {
    kill -TERM "$1" 2>/dev/null || return 0
    for _ in $(seq 50); do
        kill -0 "$1" 2>/dev/null || return 0
        case $(ps -o stat= -p "$1") in Z*) return 0 ;; esac
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
}

# The processes of jobs that outlived their node: each knows where this Slurm has its configuration.
left_over() {
    for environment in /proc/[0-9]*/environ; do
        if tr '\0' '\n' 2>/dev/null <"$environment" | grep -qx "SLURM_CONF=$home/slurm.conf"; then
            process=${environment#/proc/}
            echo "${process%/environ}"
        fi
    done
}

clean_up() {
    trap - EXIT INT TERM
    if [ -n "$control" ]; then
        timeout 5 scancel --user=root 2>/dev/null || true
        for _ in $(seq 50); do
            [ -z "$(timeout 5 squeue --noheader 2>/dev/null)" ] && break
            sleep 0.1
        done
    fi
    for process in $nodes $control $munge; do end "$process"; done
    for process in $(left_over); do
        [ "$process" = $$ ] || [ "$process" = "$BASHPID" ] || kill -KILL "$process" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$home"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Four ports in a row that nobody listens on.
base=$((20000 + $$ % 10000))
while for offset in 0 1 2 3; do (exec 3<>"/dev/tcp/127.0.0.1/$((base + offset))") 2>/dev/null && break; done; do
    base=$((base + 4))
done

mkdir -p "$home/munge" "$home/state" "$home/log" "$home/run" "$home/spool/one" "$home/spool/two"
chmod 711 "$home/munge"
(umask 077 && head -c 1024 /dev/urandom >"$home/munge/key")
cat >"$home/slurm.conf" <<CONF
ClusterName=throwaway
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$base
SrunPortRange=$((base + 100))-$((base + 199))
# Loopback only.
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
# A requeued task waits for its old credential to expire.
AuthInfo=socket=$home/munge/socket,cred_expire=5
StateSaveLocation=$home/state
SlurmdSpoolDir=$home/spool/%n
SlurmctldPidFile=$home/run/control.pid
SlurmdPidFile=$home/run/%n.pid
SlurmctldLogFile=$home/log/control.log
SlurmdLogFile=$home/log/%n.log
# No cgroups: containers seldom allow them.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
MinJobAge=3600
ReturnToService=2
JobRequeue=1
KillWait=5
SlurmdTimeout=30
MessageTimeout=10
SlurmdParameters=config_overrides
NodeName=one NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((base + 1)) CPUs=2 State=UNKNOWN
NodeName=two NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((base + 2)) CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF

munged --foreground --key-file="$home/munge/key" --socket="$home/munge/socket" --pid-file="$home/run/munge.pid" \
    --seed-file="$home/munge/seed" --log-file="$home/log/munge.log" >/dev/null 2>&1 &
munge=$!
for _ in $(seq 100); do [ -S "$home/munge/socket" ] && break || sleep 0.1; done
slurmctld -D -f "$home/slurm.conf" >/dev/null 2>&1 &
control=$!
for node in one two; do
    (cd "$home/spool/$node" && exec slurmd -D -N "$node" -f "$home/slurm.conf" >/dev/null 2>&1) &
    nodes="$nodes $!"
done
# Not before: it also marks what the command and its jobs start, and daemons end in another way.
export SLURM_CONF="$home/slurm.conf"
for _ in $(seq 300); do
    [ "$(timeout 5 sinfo --noheader --format=%T 2>/dev/null)" = idle ] && break
    sleep 0.1
done
if [ "$(timeout 5 sinfo --noheader --format=%T)" != idle ]; then
    echo "the nodes did not come up:" >&2
    tail -n 5 "$home"/log/*.log >&2
    exit 1
fi
echo "a throwaway $(sbatch --version) with two nodes is up" >&2
"$@"
