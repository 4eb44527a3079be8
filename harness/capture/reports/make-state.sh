#!/bin/sh
# In the guest: makes the state that the kernel command line names, takes a sosreport and writes it to the disk.
set -x
state=$(sed -n 's/.*state=\([a-z]*\).*/\1/p' /proc/cmdline)
nic=$(basename "$(dirname /sys/class/net/*/device)")
irq_of() {
  for dir in /proc/irq/[0-9]*; do [ ! -d "$dir/$1" ] || echo "${dir##*/}"; done
}
show() {
  grep -H . /proc/irq/*/smp_affinity_list /proc/irq/*/effective_affinity_list
  cat /proc/interrupts
}
ethtool -L "$nic" combined 4
ip link set "$nic" up
ip address add 192.0.2.1/24 dev "$nic"
queues=$(ls -d /proc/irq/*/virtio*-input.0)
device=${queues##*/}
device=${device%-input.0}
# A CPU that the irq is not on.
elsewhere() {
  read -r now </proc/irq/"$1"/effective_affinity_list
  echo $(((now + $2) % 4))
}
case $state in
  quiet)
    # A receive queue that never fired: nobody sends anything to it.
    irq=$(irq_of "$device-input.1")
    # Without remapping it waits for the interrupt that does not come; with remapping it is made at once.
    echo "$(elsewhere "$irq" 1)" >/proc/irq/"$irq"/smp_affinity_list
    ;;
  balanced)
    systemctl start irqbalance
    sleep 45
    ;;
  offline)
    # Pinned and made to move by its interrupts; then its only CPU goes, and comes back.
    irq=$(irq_of ttyS0)
    echo 3 >/proc/irq/"$irq"/smp_affinity_list
    for n in 1 2 3; do echo "moving $n" >/dev/ttyS0; sleep 0.3; done
    cat /proc/irq/"$irq"/effective_affinity_list
    echo 0 >/sys/devices/system/cpu/cpu3/online
    sleep 1
    echo 1 >/sys/devices/system/cpu/cpu3/online
    ;;
esac
show
sos report --batch -q --tmp-dir /var/tmp -o hardware,processor,kernel,networking,pci,process,systemd,host,date,cron,logs </dev/null
show
ls -l /var/tmp
tar -C /var/tmp -cf /dev/vda $(cd /var/tmp && ls -d sosreport-*.tar.xz)
sync
poweroff -f
