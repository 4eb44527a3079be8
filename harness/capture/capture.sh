#!/bin/sh
# irqlab capture: collects what decides where this machine's interrupts go, and packs it into one archive of plain text.
#
#   sh capture.sh            writes ./irqlab-capture-YYYYMMDD-HHMMSS.tar.gz
#     -o FILE  writes FILE instead; - is standard output
#     -i N     seconds between the two samples: 1 to 60, default 5; 0 for one sample only
#     -a       anonymise: network interfaces become if0, if1 ..., the names of tuned's profiles are left out
#     -u       does not compress
#     -r DIR   reads DIR/proc, DIR/sys and DIR/etc instead of those of this machine
#
# It only reads, and writes nothing but its archive and a directory below $TMPDIR that it removes. Root is not needed; without it
# the kernel's log and debugfs are missing, and unread.txt in the archive says so. It takes no addresses, keys, host names, user
# names and no environment; of the kernel's command line only the words about CPUs and interrupts. Look into it before you send it.
set -u
LC_ALL=C
export LC_ALL
umask 077

out='' interval=5 anonymise=false compress=true root=/
while getopts o:i:aur: option; do
  case $option in
    o) out=$OPTARG ;;
    i) interval=$OPTARG ;;
    a) anonymise=true ;;
    u) compress=false ;;
    r) root=$OPTARG ;;
    *) exit 64 ;;
  esac
done
case $interval in
  [0-9] | [1-5][0-9] | 60) ;;
  *) echo "capture.sh: -i $interval: give 0 to 60 seconds" >&2; exit 64 ;;
esac
suffix=tar
$compress && suffix=tar.gz
[ -n "$out" ] || out=irqlab-capture-$(date -u +%Y%m%d-%H%M%S).$suffix
case $out in -|/*) ;; *) out=$PWD/$out ;; esac

work=$(mktemp -d "${TMPDIR:-/tmp}/irqlab-capture.XXXXXX") || exit 2
pause=''
trap '[ -z "$pause" ] || kill "$pause" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
to=$work/irqlab-capture
mkdir "$to" "$to/first" && cd "$root" || exit 2

# No file of the archive grows beyond this, whatever the machine has.
bounded() { head -c 67108864; }

# texts FILE PATH...: the lines of all PATHs, each behind its path, into FILE. One process reads thousands of files; what cannot
# be read is told in unread.txt. A pattern that matches nothing is no file.
texts() {
  file=$to/$1
  shift
  printf '%s\n' "$@" | grep -v '[*]' | xargs grep -H '' /dev/null 2>>"$work/errors" | bounded >>"$file"
}

# names FILE PATH...: the PATHs that there are, without reading any.
names() {
  file=$to/$1
  shift
  printf '%s\n' "$@" | grep -v '[*]' | bounded >>"$file"
}

unread() { printf '%s\n' "$1" >>"$to/unread.txt"; }

# with_limit COMMAND...: for at most five seconds, where the machine has timeout(1).
with_limit() {
  if command -v timeout >/dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi
}

# Masks around the counters, not between them: whatever is counted between the two samples fell under masks that were read
# before and after it.
masks() { texts "$1/masks.txt" proc/irq/*/smp_affinity_list proc/irq/*/effective_affinity_list; }
counters() {
  bounded <proc/uptime >"$to/$1/uptime.txt"
  bounded <proc/interrupts >"$to/$1/interrupts.txt" 2>>"$work/errors"
  texts "$1/online.txt" sys/devices/system/cpu/online
}
# Needs CONFIG_GENERIC_IRQ_DEBUGFS and root: of each irq the lines that tell its state.
debug() {
  [ -d sys/kernel/debug/irq/irqs ] || return 0
  printf '%s\n' sys/kernel/debug/irq/irqs/[0-9]* | xargs grep -H -e pending: -e IRQD_SETAFFINITY_PENDING \
    -e IRQD_AFFINITY_MANAGED -e IRQD_MOVE_PCNTXT -e IRQD_ACTIVATED -e Vector: -e Target: -e move_in_progress /dev/null \
    2>>"$work/errors" | bounded >"$to/$1/debug.txt"
}

taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
debug first
masks first
counters first
if [ "$interval" != 0 ]; then
  mkdir "$to/second"
  # Waited for, so that a signal need not wait for it.
  sleep "$interval" &
  pause=$!
  wait "$pause"
  pause=''
  counters second
  masks second
  debug second
fi

# The irqs: what does not change from one second to the next.
texts irqs.txt proc/irq/*/affinity_hint proc/irq/*/node proc/irq/*/spurious sys/kernel/irq/*/chip_name \
  sys/kernel/irq/*/hwirq sys/kernel/irq/*/type sys/kernel/irq/*/name sys/kernel/irq/*/actions
# Since 6.12 nobody may write the mask of an irq that user space cannot move.
find proc/irq -maxdepth 2 -name smp_affinity_list ! -perm -200 2>/dev/null | bounded >"$to/fixed.txt"

# The machine.
texts host.txt proc/sys/kernel/osrelease proc/sys/kernel/version proc/irq/default_smp_affinity \
  sys/devices/system/cpu/online sys/devices/system/cpu/possible sys/devices/system/cpu/present \
  sys/devices/system/cpu/isolated \
  sys/devices/system/node/node*/cpulist sys/class/iommu/*/intel-iommu/ecap \
  sys/devices/system/cpu/cpu*/topology/physical_package_id sys/devices/system/cpu/cpu*/topology/core_id \
  sys/devices/system/cpu/cpu*/topology/thread_siblings_list
# Only where the kernel was built for it.
[ ! -e sys/devices/system/cpu/nohz_full ] || texts host.txt sys/devices/system/cpu/nohz_full
words='isolcpus|nohz_full|nohz|rcu_nocbs|irqaffinity|intremap|intel_iommu|amd_iommu|iommu|iommu\.[a-z]*|noirqdebug|irqpoll|irqfixup'
words="$words|pci|nosmt|maxcpus|nr_cpus|possible_cpus|noapic|nolapic|apic|x2apic_phys|nox2apic|threadirqs|hpet|tsc|clocksource"
words="$words|noirqbalance|acpi_irq_nobalance|acpi_irq_balance|kthread_cpus|systemd\.cpu_affinity|tuned\.non_isolcpus|idle"
tr -s ' ' '\n' <proc/cmdline | grep -E "^($words)(=|\$)" | sed 's#^#proc/cmdline:#' | bounded >>"$to/host.txt"
grep -m 1 '^flags' proc/cpuinfo | tr ' ' '\n' | grep -x -e hypervisor -e x2apic | sed 's#^#proc/cpuinfo:#' >>"$to/host.txt"
modules='virtio.*|nvme.*|mlx.*|i40e|iavf|ice|idpf|ixgbe.*|igb.*|bnxt_en|bnx2x|ena|gve|e1000e?|vmxnet3|hv_.*|xen.*|vfio.*|kvm.*'
modules="$modules|irqbypass|mpt3sas|megaraid_sas|qla2xxx|lpfc|ahci|tg3|be2net|cxgb4|sfc|r8169|atlantic|hns3|efa"
[ ! -r proc/modules ] || cut -d ' ' -f 1 proc/modules | grep -xE "$modules" | sed 's#^#proc/modules:#' >>"$to/host.txt"
for table in DMAR IVRS; do [ ! -e sys/firmware/acpi/tables/$table ] || names links.txt sys/firmware/acpi/tables/$table; done
names links.txt sys/class/iommu/* \
  sys/bus/pci/drivers/*/[0-9a-f]*:*.* sys/bus/pci/devices/*/msi_irqs/* sys/bus/pci/devices/*/net/* \
  sys/bus/pci/devices/*/virtio*/net/*
texts devices.txt sys/bus/pci/devices/*/vendor sys/bus/pci/devices/*/device sys/bus/pci/devices/*/class \
  sys/bus/pci/devices/*/irq sys/bus/pci/devices/*/numa_node
# A NIC of one queue has no xps_cpus to read.
printf '%s\n' sys/bus/pci/devices/*/net/*/queues/*/[xr]ps_cpus sys/bus/pci/devices/*/virtio*/net/*/queues/*/[xr]ps_cpus \
  sys/bus/pci/devices/*/net/*/napi_defer_hard_irqs sys/bus/pci/devices/*/virtio*/net/*/napi_defer_hard_irqs |
  grep -v '[*]' | xargs grep -H '' /dev/null 2>/dev/null | bounded >"$to/queues.txt"
[ ! -d sys/kernel/debug/irq/domains ] || texts vectors.txt sys/kernel/debug/irq/domains/VECTOR

# Who else writes masks: the name of a process, and of its settings what is about interrupts. Paths in them are left out.
printf '%s\n' proc/[0-9]*/comm | xargs grep -Hxe irqbalance -e tuned -e numad -e crio 2>/dev/null | bounded >"$to/balancers.txt"
settings='IRQBALANCE_[A-Z_]*|ONESHOT|isolated_cores|no_balance_cores|isolate_managed_irq|default_irq_smp_affinity'
grep -HE "^[[:space:]]*($settings)[[:space:]]*=" \
  etc/default/irqbalance etc/sysconfig/irqbalance etc/tuned/*-variables.conf etc/tuned/tuned-main.conf 2>/dev/null |
  sed 's#\([ ="'"'"']\)/[^ "'"'"']*#\1PATH#g' | bounded >"$to/settings.txt"
# Units, jobs and scripts that write masks: of such a line the irq and what is written to it, and nothing else of the file.
found='echo +(-n +)?["'"'"']?([0-9a-fA-F][0-9a-fA-F,-]*)["'"'"']? *> */proc/irq/([0-9]+)/(smp_affinity(_list)?)'
grep -HsvE '^[[:space:]]*[#;]' etc/rc.local etc/crontab etc/cron.*/* etc/udev/rules.d/* etc/systemd/system/* \
  etc/systemd/system/*/* 2>/dev/null | grep -E 'smp_affinity|set_irq_affinity' |
  sed -nE -e "s#^([^:]*):(.*)$found.*#\1:irq \5 \6 \4\n\1:\2#" -e 't write' \
    -e '/smp_affinity|set_irq_affinity/s#^([^:]*):.*#\1:some irqs#p' -e d -e ':write' -e 'P;D' |
  if $anonymise; then sed 's#^[^:]*:#etc/unit:#'; else cat; fi | sort -u | head -n 1000 >"$to/writers.txt"
$anonymise || grep -H '' etc/tuned/active_profile /dev/null 2>/dev/null >>"$to/settings.txt"
if [ "$root" = / ] && command -v journalctl >/dev/null 2>&1; then
  with_limit journalctl -q --no-pager -o cat -t irqbalance -n 2000 2>/dev/null |
    sed -n 's/.*\(Cannot change IRQ [0-9]* affinity: [A-Za-z/ ]*\).*/irqbalance:\1/p' | sort -u | head -n 200 >>"$to/settings.txt"
fi

# The kernel's log: lines about interrupts and CPUs that went or came, without addresses.
kernel_log() {
  if [ "$root" = / ]; then with_limit dmesg; else cat dmesg; fi
}
if kernel_log >"$work/dmesg" 2>>"$work/errors"; then
  grep -E -e 'CPU ?[0-9]+ is now offline|Booting Node|IRQ fixup|affinity|[Nn]o irq handler|nobody cared|Disabling IRQ' \
    -e 'DMAR-IR|remapping|x2apic|APIC routing|vector space|Moved interrupt|schedule cleanup|has [0-9]+ vectors' "$work/dmesg" |
    sed -e 's/[0-9a-fA-F]\{2\}\(:[0-9a-fA-F]\{2\}\)\{5\}/ADDRESS/g' -e 's/\([0-9]\{1,3\}\.\)\{3\}[0-9]\{1,3\}/ADDRESS/g' |
    tail -n 300 | cut -c 1-300 >"$to/dmesg.txt"
fi

# What could not be read, once each.
[ -d sys/kernel/debug/irq/irqs ] ||
  unread 'sys/kernel/debug/irq: not there or not readable (needs root, debugfs and CONFIG_GENERIC_IRQ_DEBUGFS)'
[ ! -s "$work/errors" ] || sort -u "$work/errors" | head -n 500 >>"$to/unread.txt"
: >>"$to/unread.txt"

if $anonymise; then
  number=0
  for interface in sys/class/net/*; do
    interface=${interface##*/}
    [ "$interface" = lo ] || [ "$interface" = '*' ] && continue
    known=$(printf '%s' "$interface" | sed 's#[].[*^$/#]#\\&#g')
    # Twice: neighbours share the character between them.
    for _ in 1 2; do
      printf 's#\\([^A-Za-z0-9_]\\)%s\\([^A-Za-z0-9_]\\)#\\1if%s\\2#g\n' "$known" "$number"
    done
    printf 's#\\([^A-Za-z0-9_]\\)%s$#\\1if%s#\n' "$known" "$number"
    number=$((number + 1))
  done >"$work/generic.sed"
  for file in "$to"/*.txt "$to"/*/*.txt; do
    sed -f "$work/generic.sed" "$file" >"$work/generic" && cat "$work/generic" >"$file"
  done
fi

as_root=false
[ "$(id -u)" != 0 ] || as_root=true
printf '{"schema":"irqlab.capture/1","takenAt":"%s","intervalSeconds":%s,"asRoot":%s,"anonymised":%s}\n' \
  "$taken" "$interval" "$as_root" "$anonymise" >"$to/manifest.json"
(cd "$to" && find . -type f ! -name SHA256SUMS | sort | xargs sha256sum) >"$work/sums" 2>/dev/null && mv "$work/sums" "$to/SHA256SUMS"

# An archive has the name of whoever made it, unless its maker is told otherwise; not every tar can be. What says most comes
# first: an archive that is cut on its way is read as far as it goes.
cd "$work" || exit 2
owner=''
for words in '--owner=0 --group=0 --numeric-owner' --numeric-owner; do
  # shellcheck disable=SC2086
  if tar $words -cf /dev/null irqlab-capture/manifest.json 2>/dev/null; then owner=$words; break; fi
done
second=''
[ "$interval" = 0 ] || second=irqlab-capture/second
pack() {
  # shellcheck disable=SC2086
  tar $owner -cf - irqlab-capture/[mS]* irqlab-capture/*.txt irqlab-capture/first $second |
    if $compress; then gzip -c; else cat; fi
}
if [ "$out" = - ]; then
  pack
else
  pack >"$out" || exit 2
  echo "wrote $out; not read: $(wc -l <irqlab-capture/unread.txt) things, see unread.txt in it" >&2
fi
