#!/bin/busybox sh
# Process 1 of the guest: brings up what is needed, then does what acts.sh says, prints what it sees, and ends the machine.
# Every line of ours begins with "irqlab: "; everything else on the console is the kernel's own.
# shellcheck shell=dash disable=SC2086,SC2046
export PATH=/bin:/sbin:/usr/sbin

busybox mkdir -p /proc /sys /dev /run /tmp
busybox mount -t proc proc /proc
mount -t devtmpfs dev /dev
mount -t sysfs sys /sys
mount -t tmpfs run /run
exec </dev/null >/dev/console 2>&1
T=/sys/kernel/tracing
[ ! -d $T ] || mount -t tracefs trace $T
S=/run/irqlab
mkdir $S

say() { echo "irqlab: $*"; }
put() { echo "$2" >"$S/$1"; }
get() {
  v=
  [ ! -r "$S/$1" ] || read -r v <"$S/$1"
  echo "$v"
}
# mark WORDS: into the trace, so that acts and what the kernel does share one order.
mark() { [ ! -w $T/trace_marker ] || echo "irqlab $*" >$T/trace_marker; }
# end: with -no-reboot a reboot ends QEMU.
end() {
  say "result again=$again gone=$gone unknown=$unknown"
  sleep 1
  reboot -f
  sleep 60
}
again=0 gone=0 unknown=0
# stuck WHY: nothing can be said; the script outside gives it as the reason.
stuck() {
  say "cannot tell: $*"
  unknown=$((unknown + 1))
  end
}

# total LIST, on LIST CPU: of counters with commas between them.
total() {
  IFS=,
  set -- $1
  unset IFS
  n=0
  for c; do n=$((n + c)); done
  echo $n
}
on() {
  cpu=$2
  IFS=,
  set -- $1
  unset IFS
  shift "$cpu"
  echo "${1:-0}"
}
# within CPU SET: is the CPU one of 0,2-3?
within() {
  IFS=,
  for part in $2; do
    unset IFS
    [ "$1" -ge "${part%-*}" ] && [ "$1" -le "${part#*-}" ] && return 0
  done
  unset IFS
  return 1
}

# look QUEUE: sets I (irq), E (effective), C (counted on each CPU), A (what smp_affinity_list shows).
look() {
  I=$(get "irq.$1") E='' C='' A=''
  read -r E </proc/irq/$I/effective_affinity_list
  read -r C </sys/kernel/irq/$I/per_cpu_count
  read -r A </proc/irq/$I/smp_affinity_list
}

# queue NAME NUMBER: one receive queue of the run, played here by a NIC of its own.
queue() {
  [ -d /sys/class/net/feed ] || feed
  mac=$(printf '52:54:00:69:73:%02x' "$2")
  nameif "q$2" "$mac" || stuck "no network device for $1"
  ifconfig "q$2" up
  d=$(readlink -f "/sys/class/net/q$2/device")
  irq=$(awk -v name="${d##*/}-input.0" '$NF == name { sub(":", "", $1); print $1 }' /proc/interrupts)
  [ -n "$irq" ] || stuck "no interrupt of $1 in /proc/interrupts"
  arp -i feed -s "10.112.1.$(($2 + 2))" "$mac"
  put "irq.$1" "$irq"
  put "number.$1" "$2"
  queues="$queues $1"
  chip=
  read -r chip </sys/kernel/irq/$irq/chip_name
  look "$1"
  say "$1 is irq $irq ($chip), effective $E, counted $C"
}
queues=

# fire QUEUE: one frame to it, or one byte, which is one interrupt. Sets EB CB before and EA CA after; FIRED is empty when none came.
fire() {
  look "$1"
  EB=$E CB=$C FIRED=
  was=$(total "$C")
  if [ "$1" = "$device" ]; then
    printf x >$feeder &
  else
    ping -q -c 1 -W 1 "10.112.1.$(($(get "number.$1") + 2))" >/dev/null 2>&1 &
  fi
  p=$!
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    usleep 20000
    look "$1"
    [ "$(total "$C")" = "$was" ] || { FIRED=yes; break; }
    [ "$try" -lt 10 ] || sleep 1
  done
  kill $p 2>/dev/null
  usleep 30000
  look "$1"
  EA=$E CA=$C
}

# start QUEUE CPU: where the irq was when the run began. Not judged.
start() {
  look "$1"
  [ "$E" = "$2" ] && return
  echo "$2" >/proc/irq/$I/smp_affinity_list
  fire "$1"
  fire "$1"
  fire "$1"
  look "$1"
  say "$1 was brought to CPU $2 first: effective $E"
  [ "$E" = "$2" ] || say "$1 did not come to CPU $2, where it was in the run"
}

# write ID QUEUE FILE REQUESTED FROM TEXT: one request. The text is written as it is, with one end of line.
write() {
  look "$2"
  put "queue.$1" "$2"
  put "requested.$1" "$4"
  put "old.$1" "$E"
  put "before.$1" "$C"
  put "open.$2" "$1"
  [ -z "$5" ] || [ "$E" = "$5" ] || say "$2 is on CPU $E this time, and was on $5 in the run"
  mark "write id=$1 irq=$I"
  { printf '%s\n' "$6" >"/proc/irq/$I/$3"; } 2>$S/error
  put "status.$1" $?
  look "$2"
  put "shown.$1" "$A"
  put "after.$1" "$E"
  put "written.$1" "$C"
  say "write $1: '$6' to $3 of irq $I ($2): $([ "$(get "status.$1")" = 0 ] && echo taken || cat $S/error); effective was $(get "old.$1"), is $E; smp_affinity_list shows $A"
}

# probe COUNT QUEUE...: fires each so many times.
probe() {
  count=$1
  shift
  round=0
  while [ $round -lt "$count" ]; do
    round=$((round + 1))
    for q; do
      mark "probe $q"
      fire "$q"
      id=$(get "open.$q")
      [ -z "$id" ] || echo "${FIRED:-lost} $EB $CB $EA $CA" >>"$S/fires.$id"
      if [ -n "$FIRED" ]; then
        say "probe of $q: counted $CB -> $CA, effective $EB -> $EA"
      else
        say "probe of $q: no interrupt came; counted $CA, effective $EA"
      fi
    done
  done
}

# hold SECONDS ID..., then whatever the run did meanwhile, then held ID...
hold() {
  read -r HOLD_END _ </proc/uptime
  HOLD_END=$((${HOLD_END%.*} + $1 + 1))
  shift
  for id; do
    look "$(get "queue.$id")"
    put "hold.$id" "$E $C"
  done
}
held() {
  while read -r now _ </proc/uptime && [ "${now%.*}" -lt "$HOLD_END" ]; do usleep 100000; done
  for id; do
    look "$(get "queue.$id")"
    put "held.$id" "$E $C"
    say "hold of write $id: effective and counters were $(get "hold.$id"), are $E $C"
  done
}

# cpu NUMBER 0|1: offline or online.
cpu() {
  mark "cpu $1 $2"
  echo "$2" >"/sys/devices/system/cpu/cpu$1/online" && say "CPU $1 is $([ "$2" = 1 ] && echo on || echo off)line now"
}

# Of one write, in the trace: how many lines between it and the next write to its irq have this in them?
traced() {
  [ -r $T/trace ] || { echo '?'; return; }
  awk -v id="$1" -v irq="$2" -v what="$3" '
    /irqlab write id=/ { if ($0 ~ "write id=" id " ") in_it = 1; else if ($0 ~ " irq=" irq "$") in_it = 0 }
    in_it && index($0, what) { n++ }
    END { print n + 0 }' $T/trace
}

# judge LAW QUEUE ID: was violated in the run; is it now?
judge() {
  law=$1 q=$2 id=$3 bad='' good='' unsure=''
  look "$q"
  [ "$id" != 0 ] || id=$(get "open.$q")
  want=$(get "requested.$id") old=$(get "old.$id") fires=$S/fires.$id
  first='' first_eb='' first_cb='' first_ea='' first_ca=''
  [ ! -r "$fires" ] || read -r first first_eb first_cb first_ea first_ca <"$fires"
  case $law in
    accepted | reads-back)
      if [ "$(get "status.$id")" != 0 ]; then bad='the write was refused'
      elif [ "$(get "shown.$id")" != "$want" ]; then bad="$want was written and $(get "shown.$id") reads back"
      else good="$want was written and reads back"; fi ;;
    held | kept-while-busy)
      if [ -n "$(get "held.$id")" ] && [ "$(get "held.$id")" != "$(get "hold.$id")" ]; then
        bad="in the hold $(get "hold.$id") became $(get "held.$id")"
      elif [ "$(get "after.$id")" != "$old" ]; then bad="effective went from $old to $(get "after.$id") before anything fired"
      elif [ -n "$first_eb" ] && [ "$first_eb" != "$old" ]; then bad="effective went from $old to $first_eb before anything fired"
      else good="effective stayed on $old until an interrupt came"; fi ;;
    last-word)
      if [ -z "$first" ]; then unsure='nothing was fired after the write'
      elif [ "$(get "shown.$id")" != "$want" ]; then bad="$want was written and accepted, $(get "shown.$id") reads back; effective is $E after $(wc -l <"$fires") interrupts"
      elif ! within "$E" "$want"; then bad="$want was written and accepted, effective is $E after $(wc -l <"$fires") interrupts"
      else good="$want was written, reads back, and effective is $E"; fi ;;
    given-back)
      n=$(leaked "$I")
      if [ "$n" = '?' ]; then unsure='this kernel cannot trace it'
      elif [ "$n" = none ]; then good='every vector that was left was given back'
      else bad="vectors that were left and never given back: $n"; fi ;;
    first-on-old | by-firing | eventually-moved | no-move-unasked | settled | moved-anyway | waits-when-busy)
      if [ -z "$first" ]; then unsure='nothing was fired after the write'
      elif [ "$law" = no-move-unasked ]; then unsure='only irqlab judges it, from the whole trace'
      elif within "$old" "$want" && [ "$law" != settled ]; then unsure="it was on CPU $old already, which is in $want"
      elif ! within "$E" "$want"; then bad="$want was asked for, effective is $E after $(wc -l <"$fires") interrupts"
      elif [ "$law" = first-on-old ] && ! within "$first_ea" "$want"; then bad="$want was asked for, effective is $first_ea after the first interrupt"
      elif [ "$law" = first-on-old ] && [ $(($(on "$first_ca" "$old") - $(on "$first_cb" "$old"))) != 1 ]; then
        bad="the first interrupt was not counted on the old CPU $old: $first_cb became $first_ca"
      elif [ "$law" = settled ] && [ "$A" != "$want" ]; then bad="$want was asked for, $A reads back in the end"
      elif [ "$law" = settled ]; then unsure="effective is $E as asked for; whether the request is still pending only irqlab can read"
      else good="effective is $E, as asked for"; fi ;;
    at-the-write)
      if within "$(get "after.$id")" "$want"; then good="effective was $(get "after.$id") at once"
      else bad="$want was written, effective stayed on $(get "after.$id")"; fi ;;
    then-on-new | never-on-old)
      if [ -z "$first" ]; then unsure='nothing was fired after the write'; else
        number=0
        while read -r one eb cb ea ca; do
          number=$((number + 1))
          [ "$law" = then-on-new ] && [ $number = 1 ] && [ "$(get "after.$id")" = "$old" ] && continue
          [ "$one" != lost ] || continue
          if [ "$law" = never-on-old ] && [ "$(on "$cb" "$old")" != "$(on "$ca" "$old")" ]; then bad="interrupt $number after the write was counted on the old CPU $old"
          elif [ "$law" = then-on-new ] && [ $(($(on "$ca" "$ea") - $(on "$cb" "$ea"))) != 1 ]; then bad="interrupt $number was not counted on CPU $ea, where effective is: $cb became $ca"
          elif ! within "$ea" "$want"; then bad="effective is $ea after interrupt $number, $want was asked for"; fi
        done <"$fires"
        [ -n "$bad" ] || good="interrupts came on CPU $E alone"
      fi ;;
    delivered)
      if [ -z "$first" ]; then unsure='nothing was fired after the write'
      elif grep -q '^lost' "$fires"; then bad='a frame was sent and no interrupt came'
      else good='every frame made an interrupt'; fi ;;
    once)
      n=$(traced "$id" "$I" "vector_config: irq=$I ")
      if [ "$n" = '?' ]; then unsure='this kernel has no trace'
      elif [ "$n" = 1 ]; then good='the vector was configured once'
      else bad="the vector was configured $n times"; fi ;;
    released)
      n=$(traced "$id" "$I" "vector_free_moved: irq=$I cpu=$old ")
      if [ "$n" = '?' ]; then unsure='this kernel has no trace'
      elif [ "$n" = 1 ]; then good="CPU $old gave its vector back"
      else bad="CPU $old gave its vector back $n times"; fi ;;
    *) unsure='only irqlab judges it: see evidence/ and docs/LAWS.md' ;;
  esac
  if [ -n "$bad" ]; then
    again=$((again + 1))
    say "AGAIN: $law is violated on $q (write $id): $bad"
  elif [ -n "$good" ]; then
    gone=$((gone + 1))
    say "not this time: $law holds on $q (write $id): $good"
  else
    unknown=$((unknown + 1))
    say "not judged: $law on $q (write $id): $unsure"
  fi
}

# show: what is left to look at, counters and trace.
show() {
  say 'in /proc/interrupts:'
  for q in $queues; do
    irq=$(get "irq.$q")
    awk -v irq="$irq:" '$1 == irq { print "irqlab:   " $0 }' /proc/interrupts
  done
  [ -r $T/trace ] || return 0
  say 'in the trace, the last 200 lines:'
  grep -v '^#' $T/trace | tail -n 200 | sed 's/^/irqlab:   /'
}

say 'the guest is up'
if [ -r /lib/modules-irqlab/load-order ]; then
  while read -r module; do insmod "/lib/modules-irqlab/$module"; done </lib/modules-irqlab/load-order
fi
. /irqlab-more.sh
feed() {
  nameif feed 52:54:00:69:73:fe || stuck 'no network device to send from: does this kernel have virtio-net?'
  ifconfig feed 10.112.1.1 netmask 255.255.255.0 up
}
. /irqlab-queues.sh
if [ -d $T/events ]; then
  echo mono >$T/trace_clock
  filter=
  for q in $queues; do filter="${filter:+$filter || }irq == $(get "irq.$q")"; done
  for event in irq/irq_handler_entry irq_vectors/vector_config irq_vectors/vector_update irq_vectors/vector_free_moved; do
    [ ! -e $T/events/$event ] || { echo "$filter" >$T/events/$event/filter; echo 1 >$T/events/$event/enable; }
  done
  probes
  echo 1 >$T/tracing_on
fi
. /irqlab-acts.sh
sleep 1
# From here on the console is ours: no message of the kernel comes between our lines.
dmesg -n 1
show
. /irqlab-judge.sh
end
