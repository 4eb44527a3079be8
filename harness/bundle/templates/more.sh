# What else the acts may say, for guest.sh: a device that bytes fire, its handler, a look before and after, and what was looked for.
# shellcheck shell=dash disable=SC2086,SC2154

# device NAME: the one that bytes fire. QEMU connects it with another serial port of the guest: what is written there comes to it.
device() {
  device=$1 node=''
  case $1 in
    ttyS1)
      feeder=/dev/ttyS2 node=/dev/ttyS1 irq=''
      read -r irq </sys/class/tty/ttyS1/irq
      ;;
    virtio-serial)
      feeder=/dev/ttyS1 irq=''
      while read -r m; do
        n=${m#*-}
        [ -d "/sys/module/${n%.ko}" ] || insmod "/lib/modules-irqlab/$m"
      done 2>/dev/null </lib/modules-irqlab/load-order-virtio-serial
      for try in 1 2 3 4 5 6 7 8 9 10; do
        for p in /sys/class/virtio-ports/*; do
          n=
          [ ! -r "$p/name" ] || read -r n <"$p/name"
          [ "$n" != irqlab ] || { node=/dev/${p##*/} port=$p; }
        done
        [ -z "$node" ] || break
        sleep 1
      done
      [ -n "$node" ] || stuck 'no virtio-serial port: does this kernel have virtio_console?'
      # Port 0 has an input of the same name; that of port 1 comes later in the MSI-X table.
      irq='' high=-1
      for i in "$port"/device/../msi_irqs/*; do
        i=${i##*/} a='' h=-1
        read -r a </sys/kernel/irq/$i/actions
        read -r h </sys/kernel/irq/$i/hwirq
        case $a in *-input) [ "$h" -le $high ] || { irq=$i high=$h; } ;; esac
      done
      ;;
  esac
  stty -F $feeder raw -echo 2>/dev/null
  put "irq.$1" "$irq"
  queues="$queues $1"
  handler "$1" open
  [ -n "$irq" ] || stuck "no interrupt of $1"
  chip=
  read -r chip </sys/kernel/irq/$irq/chip_name
  look "$1"
  say "$1 is irq $irq ($chip), effective $E, counted $C"
}
device=

# handler NAME open|close: somebody has the device open, or nobody. ttyS1 has an irq only while it is open.
handler() {
  mark "$2 irq=$(get "irq.$1")"
  if [ "$2" = open ]; then
    case $1 in
      ttyS1) { stty raw -echo; exec cat; } <$node >/dev/null 2>&1 & ;;
      *) while [ -e $node ]; do cat $node; sleep 1; done >/dev/null 2>&1 & ;;
    esac
    put handler $!
  else
    kill "$(get handler)"
  fi
  for try in 1 2 3 4 5 6 7 8 9 10; do
    usleep 100000
    a=
    read -r a </sys/kernel/irq/$(get "irq.$1")/actions
    if [ "$2" = open ]; then [ -z "$a" ] || break; else [ -n "$a" ] || break; fi
  done
  look "$1"
  say "$1 was $([ "$2" = open ] && echo opened || echo closed): its handler is '${a:-none}'; smp_affinity_list shows $A, effective is $E"
}

# capture SECONDS, then whatever is done meanwhile, then captured: every irq twice, as a capture of the machine has it.
capture() {
  seconds=$1
  for q in $queues; do
    look "$q"
    put "first.$q" "$A $E $C"
  done
}
captured() {
  sleep "$seconds"
  read -r ONLINE </sys/devices/system/cpu/online
  put online "$ONLINE"
  for q in $queues; do
    look "$q"
    put "second.$q" "$A $E $C"
    say "$q between two looks: smp_affinity_list, effective and counters were $(get "first.$q"), are $A $E $C; online is $ONLINE"
  done
}

# foreign QUEUE...: somebody else is about to write their masks.
foreign() {
  foreign=$*
  for q; do
    look "$q"
    put "foreign.$q" "$A"
  done
}
# balance CPUS: irqbalance, the real one, which may not use these CPUs; until it has written the masks, or a minute long.
balance() {
  mark "irqbalance without=$1"
  (cd / && zcat /programs-irqlab/irqbalance.cpio.gz | cpio -idu) 2>/dev/null
  mkdir -p /run/irqbalance
  IRQBALANCE_BANNED_CPULIST=$1 /usr/sbin/irqbalance --foreground --interval 1 >/dev/null 2>&1 &
  put irqbalance $!
  n=0
  while [ $n -lt 60 ]; do
    n=$((n + 1)) waits=''
    sleep 1
    for q in $foreign; do
      look "$q"
      [ "$A" != "$(get "foreign.$q")" ] || waits="$waits $q"
    done
    [ -n "$waits" ] || break
  done
  for q in $foreign; do
    look "$q"
    say "irqbalance, not on $1: smp_affinity_list of $q was $(get "foreign.$q"), is $A"
  done
}
unbalance() { kill "$(get irqbalance)" 2>/dev/null; }

# some SET1 IN|OUT SET2: has the first a CPU that is in, or not in, the second?
some() {
  IFS=,
  for part in $1; do
    unset IFS
    cpu=${part%-*}
    while [ "$cpu" -le "${part#*-}" ]; do
      if within "$cpu" "$3"; then [ "$2" != IN ] || return 0; else [ "$2" != OUT ] || return 0; fi
      cpu=$((cpu + 1))
    done
  done
  unset IFS
  return 1
}

# symptom NAME QUEUE [CPUS]: does the guest look as the machine did?
symptom() {
  name=$1 q=$2 bad='' good=''
  read -r A1 E1 C1 <"$S/first.$q"
  read -r A2 E2 C2 <"$S/second.$q"
  read -r ONLINE <$S/online
  fired=$(($(total "$C2") - $(total "$C1")))
  case $name in
    pending-and-quiet | pending-though-remapped | pending-undecided)
      if some "$E2" OUT "$A2" && [ $fired = 0 ]; then bad="$A2 is asked for, effective is still $E2, and there was no interrupt"
      else good="$A2 is asked for, effective is $E2, with $fired interrupts"; fi ;;
    pending-though-firing | effective-outside-mask)
      if some "$E2" OUT "$A2" && [ $fired -ge 4 ]; then bad="$A2 is asked for, effective is still $E2 after $fired interrupts"
      else good="$A2 is asked for, effective is $E2 after $fired interrupts"; fi ;;
    counted-elsewhere)
      n=0 cpu=0
      IFS=,
      set -- $C2
      unset IFS
      for c; do
        [ "$cpu" = "$E2" ] || n=$((n + $(on "$C2" $cpu) - $(on "$C1" $cpu)))
        cpu=$((cpu + 1))
      done
      if [ "$E1" = "$E2" ] && [ $n -gt 1 ]; then bad="effective was $E2 all the time, and $n of $fired interrupts were counted elsewhere"
      else good="effective was $E1, is $E2; $n of $fired interrupts were counted elsewhere"; fi ;;
    affinity-broken)
      if [ "$A2" = "$3" ]; then bad="the mask is $A2, which is what was left when its last CPU went offline"
      else good="the mask is $A2, and not the $3 that were left when its CPU went offline"; fi ;;
    offline-cpu-in-mask)
      if some "$A2" OUT "$ONLINE"; then bad="the mask is $A2, online is $ONLINE"
      else good="the mask is $A2, all of it is online ($ONLINE)"; fi ;;
    mask-rewritten)
      if [ "$A1" != "$A2" ]; then bad="the mask was $A1 and became $A2"
      else good="the mask stayed $A2"; fi ;;
    isolated-cpu-hit)
      n=0 cpu=0
      IFS=,
      set -- "$3" $C2
      unset IFS
      isolated=$1
      shift
      for c; do
        within $cpu "$isolated" && n=$((n + $(on "$C2" $cpu) - $(on "$C1" $cpu)))
        cpu=$((cpu + 1))
      done
      if [ $n -gt 0 ]; then bad="$n of $fired interrupts were counted on the isolated CPUs $isolated"
      else good="no interrupt was counted on the isolated CPUs $isolated"; fi ;;
    isolated-cpu-aimed-at)
      if some "$E2" IN "$3"; then bad="effective is $E2, which is isolated"
      else good="effective is $E2, which is not isolated"; fi ;;
    *)
      unknown=$((unknown + 1))
      say "not judged: $name on $q: only irqlab can see it"
      return ;;
  esac
  if [ -n "$bad" ]; then
    again=$((again + 1))
    say "AGAIN: $name on $q: $bad"
  else
    gone=$((gone + 1))
    say "not this time: $name on $q: $good"
  fi
}

# Probes on the irq core, for the vectors that an irq takes and gives back: a CPU that goes offline moves its irqs away, and no
# tracepoint speaks of it there. Registers of x86-64; the number of an irq is at 4 in struct irq_data (5.10 to 7.3).
probes() {
  echo 'p:irqlab/taken apic_update_irq_cfg irq=+4(%di):u32 vector=%si:u32 cpu=%dx:u32' >>$T/kprobe_events
  echo 'p:irqlab/given irq_matrix_free cpu=%si:u32 bit=%dx:u32' >>$T/kprobe_events
  [ ! -e $T/events/irqlab ] || echo 1 >$T/events/irqlab/enable
} 2>/dev/null

# leaked IRQ: the vectors that it took and neither has nor gave back, as VECTOR of CPU; ? where the trace cannot tell.
leaked() {
  [ -e $T/events/irqlab/taken ] && [ -e $T/events/irqlab/given ] || { echo '?'; return; }
  awk -v irq="$1" '
    function f(k) { return match($0, " " k "=[0-9]+") ? substr($0, RSTART + length(k) + 2, RLENGTH - length(k) - 2) : "" }
    / vector_update: / && !last && f("irq") == irq && f("prev_vector") > 0 { last = f("prev_vector") " of CPU " f("prev_cpu"); has[last] = 1 }
    / taken: / && f("irq") == irq && f("vector") != 239 { last = f("vector") " of CPU " f("cpu"); has[last] = 1 }
    / given: / { delete has[f("bit") " of CPU " f("cpu")] }
    END { for (one in has) if (one != last) { list = list (list ? ", " : "") one } print list ? list : (last ? "none" : "?") }' $T/trace
}
