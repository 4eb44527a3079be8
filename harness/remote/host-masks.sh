#!/bin/sh
# irqlab's hand on a machine that is not its own: keeps the affinity masks that a run may change, and writes them back.
# It lies in /run/irqlab while a run goes on. By hand, whatever has happened:  sh /run/irqlab/host-masks.sh restore
#
#   lock PID WHO         takes the machine for the shell PID; refused while another irqlab is at work here
#   unlock               gives it free
#   save IRQ...          writes the journal: the masks of these irqs, before any of them is changed
#   restore              writes back those that differ now; what cannot be written back stays in the journal
#   untrace              removes our instance of the trace and our kprobes, and nobody else's
#   guard PID SECONDS    waits until the shell PID is gone, or has been silent for so long; then restores all, and ends
#   leftovers            what the run before has left behind
#
# Each line that it prints begins with the word `masks`. /run is memory: masks do not survive a reboot, and neither does this.
set -u
LC_ALL=C
export LC_ALL
umask 077
root=${IRQLAB_ROOT-}
dir=$root/run/irqlab
journal=$dir/masks
lock=$dir/lock
group=irqlab_host
tracefs=$root/sys/kernel/tracing
instance=$tracefs/instances/irqlab_host

# started PID: when the process began, in jiffies since boot: its number alone may be somebody else's by now. Nothing when it is gone.
started() {
  stat=''
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${stat##*') '}
  [ "$1" != Z ] && echo "${20}"
}

# lives PID:STARTED
lives() { [ "$(started "${1%%:*}")" = "${1#*:}" ]; }

# at_work LOCK: one of the processes that the lock names is still there.
at_work() {
  pids=${1#pids=}
  pids=${pids%% *}
  for pid in $(echo "$pids" | tr , ' '); do
    lives "$pid" && return 0
  done
  return 1
}

take_lock() {
  mkdir -p "$dir" && chmod 700 "$dir" || return 2
  want="pids=$1:$(started "$1") who=$2 since=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  # A link is made whole or not at all, and its target is the text.
  for attempt in 1 2 3; do
    if ln -s "$want" "$lock" 2>/dev/null; then
      echo 'masks locked'
      return 0
    fi
    held=$(readlink "$lock") || continue
    if at_work "$held"; then
      echo "masks held ${held#* }"
      return 1
    fi
    # Whoever held it is dead. Two may find that out at once: only one of them moves it away.
    mv "$lock" "$lock.$$" 2>/dev/null && rm -f "$lock.$$"
  done
  echo "masks held by somebody, attempt $attempt"
  return 1
}

save() {
  if [ -e "$journal" ]; then
    echo 'masks leftover'
    return 1
  fi
  read -r boot <"$root/proc/sys/kernel/random/boot_id" || return 2
  echo "irqlab.masks/1 boot=$boot since=$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$journal.new" || return 2
  for irq; do
    mask='' action=''
    read -r mask <"$root/proc/irq/$irq/smp_affinity" && [ -n "$mask" ] || return 2
    read -r action <"$root/sys/kernel/irq/$irq/actions"
    echo "irq $irq $mask $action" >>"$journal.new" || return 2
  done
  sync "$journal.new" 2>/dev/null
  mv "$journal.new" "$journal" && sed 's/^/masks journal /' "$journal"
}

restore() {
  if [ ! -e "$journal" ]; then
    echo 'masks none'
    return 0
  fi
  boot=''
  read -r boot <"$root/proc/sys/kernel/random/boot_id"
  read -r head <"$journal"
  case $head in
    "irqlab.masks/1 boot=$boot "*) ;;
    *)
      echo 'masks rebooted'
      rm -f "$journal"
      return 0
      ;;
  esac
  echo "$head" >"$journal.left"
  refused=0
  while read -r kind irq mask action; do
    [ "$kind" = irq ] || continue
    file=$root/proc/irq/$irq/smp_affinity
    now='' name='' why=''
    { read -r now <"$file"; } 2>/dev/null
    { read -r name <"$root/sys/kernel/irq/$irq/actions"; } 2>/dev/null
    if [ -z "$now" ]; then
      echo "masks gone irq=$irq mask=$mask action=$action"
    elif [ "$name" != "$action" ]; then
      echo "masks other irq=$irq mask=$mask action=$action now=$name"
    elif [ "$now" = "$mask" ]; then
      echo "masks same irq=$irq mask=$mask action=$action"
    elif why=$( { echo "$mask" >"$file"; } 2>&1 ) && read -r now <"$file" && [ "$now" = "$mask" ]; then
      echo "masks restored irq=$irq mask=$mask action=$action"
    else
      echo "masks refused irq=$irq mask=$mask action=$action now=$now ${why##*: }"
      echo "irq $irq $mask $action" >>"$journal.left"
      refused=1
    fi
  done <"$journal"
  if [ $refused = 1 ]; then
    mv "$journal.left" "$journal"
  else
    rm -f "$journal" "$journal.left"
  fi
  return $refused
}

untrace() {
  if [ -d "$instance" ]; then
    echo 0 >"$instance/tracing_on"
    echo 0 >"$instance/events/enable"
    # Somebody may be reading it for a moment more.
    for attempt in 1 2 3 4 5; do
      rmdir "$instance" 2>/dev/null && break
      sleep 1
    done
    [ ! -d "$instance" ] || echo "masks instance stays after attempt $attempt"
  fi
  probes=$(grep -o "^[pr][0-9]*:$group/[a-z_]*" "$tracefs/kprobe_events" 2>/dev/null)
  for probe in $probes; do
    echo "-:${probe#*:}" >>"$tracefs/kprobe_events" || echo "masks kprobe stays ${probe#*:}"
  done
}

# tidy: the small files of a run.
tidy() { rm -f "$dir/beat" "$root/run/irqlab-error" "$root/run/irqlab-input"; }

unlock() {
  tidy
  rm -f "$lock" "$dir/host-masks.sh"
  rmdir "$dir" 2>/dev/null
  echo 'masks unlocked'
}

leftovers() {
  [ ! -e "$journal" ] || sed 's/^/masks journal /' "$journal"
  [ ! -e "$dir/restored" ] || sed 's/^masks/masks guard/' "$dir/restored"
  rm -f "$dir/restored"
}

guard() {
  trap '' HUP INT TERM PIPE
  cd / || return 2
  shell=$1:$(started "$1")
  # Both of us hold the machine: it is free when we are done, and not when the shell is gone.
  held=$(readlink "$lock") && ours="pids=$shell,$$:$(started $$) ${held#* }" || return 2
  ln -s "$ours" "$lock.new" && mv -f "$lock.new" "$lock" || return 2
  echo "masks guarded"
  exec >/dev/null 2>&1
  while lives "$shell"; do
    sleep 1
    # Given free in order: from now on this is somebody else's machine.
    [ "$(readlink "$lock")" = "$ours" ] || return 0
    read -r now rest </proc/uptime
    beat=${now%%.*}
    read -r beat <"$dir/beat"
    # The other end may be gone without a word.
    [ $((${now%%.*} - beat)) -le "$2" ] || kill -KILL "${shell%%:*}"
  done
  [ "$(readlink "$lock")" = "$ours" ] || return 0
  if [ -e "$journal" ]; then restore >"$dir/restored"; fi
  untrace
  tidy
  rm -f "$lock"
}

act=${1-}
[ $# -eq 0 ] || shift
case $act in
  lock) take_lock "$@" ;;
  unlock) unlock ;;
  save) save "$@" ;;
  restore) restore ;;
  untrace) untrace ;;
  guard) guard "$@" ;;
  leftovers) leftovers ;;
  *)
    sed -n '2,/^set/p' "$0" | sed '$d'
    exit 64
    ;;
esac
