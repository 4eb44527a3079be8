#!/bin/sh
# Makes the sosreports of this folder again: boots Debian 12 with its own sosreport in QEMU, puts it into a known bad state, takes the
# report, and keeps of it what irqlab reads. Needs root, mmdebstrap, cpio, qemu-system-x86_64 and Debian's packages.
#
#   sh make-reports.sh WORK-DIRECTORY [STATE-MACHINE...]
#
# STATE is quiet, balanced or offline; MACHINE is plain or remapped; without any all six are made, one guest after the other.
# The whole report stays in WORK-DIRECTORY, the trimmed one is written beside this script.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$1
shift
[ $# -gt 0 ] || set -- quiet-plain quiet-remapped balanced-plain balanced-remapped offline-plain offline-remapped
mkdir -p "$work"
cd "$work"

if [ ! -f root.tar ]; then
  mmdebstrap --variant=apt \
    --include=systemd-sysv,udev,kmod,sosreport,irqbalance,ethtool,pciutils,iproute2,procps,util-linux,xz-utils,dbus \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' bookworm root.tar /etc/apt/sources.list.d/debian.sources
fi
if [ ! -f vmlinuz ]; then
  package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/ *Depends: *\(linux-image-[0-9].*-amd64\)$/\1/p' | head -n 1)
  apt-get download "$package"
  rm -rf kernel && dpkg -x linux-image-[0-9]*.deb kernel
  cp kernel/boot/vmlinuz-* vmlinuz
fi
rm -rf root
mkdir root
tar -C root -xpf root.tar --exclude './dev/*'
mkdir -p root/lib/modules && cp -r kernel/lib/modules/* root/lib/modules/
release=$(ls kernel/lib/modules)
cp "$(ls kernel/boot/config-*)" root/boot/
depmod -b root "$release"
ln -sf sbin/init root/init
rm -f root/var/cache/apt/archives/*.deb root/var/lib/apt/lists/*_*
echo customer >root/etc/hostname
printf 'virtio_net\nvirtio_blk\n' >root/etc/modules-load.d/virtio.conf
cp "$here/make-state.sh" root/usr/local/sbin/make-state
cat >root/etc/systemd/system/make-state.service <<'UNIT'
[Unit]
Description=The bad state, the report, and the end
After=multi-user.target
OnFailure=poweroff.target

[Service]
Type=oneshot
ExecStart=/bin/sh /usr/local/sbin/make-state
StandardOutput=journal+console
StandardError=journal+console
TimeoutStartSec=infinity

[Install]
WantedBy=graphical.target
UNIT
chroot root systemctl -q enable make-state.service
chroot root systemctl -q disable irqbalance.service
chroot root systemctl -q set-default graphical.target
for which; do
  state=${which%-*} machine=${which#*-}
  iommu=''
  # The first receive queue's irq: with an IOMMU the irq of its faults comes before it.
  first=25
  if [ "$machine" = remapped ]; then
    iommu='-device intel-iommu,intremap=on'
    first=26
  fi
  unit=root/etc/systemd/system/pin-queues.service
  rm -f "$unit" root/etc/systemd/system/multi-user.target.wants/pin-queues.service
  if [ "$state" = balanced ]; then
    # What an administrator writes who wants the receive queues of a NIC pinned.
    cat >"$unit" <<UNIT
[Unit]
Description=Pin the receive queues of the NIC

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo 1 >/proc/irq/$first/smp_affinity_list; echo 2 >/proc/irq/$((first + 2))/smp_affinity_list; echo 3 >/proc/irq/$((first + 4))/smp_affinity_list; echo 0 >/proc/irq/$((first + 6))/smp_affinity_list'

[Install]
WantedBy=multi-user.target
UNIT
    chroot root systemctl -q enable pin-queues.service
  fi
  (cd root && find . | cpio -o -H newc --quiet) >root.cpio
  rm -f out.img && truncate -s 256M out.img
  # The tap of four queues lives in a network of its own, and dies with it.
  # shellcheck disable=SC2086
  unshare -n qemu-system-x86_64 -nodefaults -no-user-config -machine q35 -accel tcg,thread=multi -cpu max,cx16=off \
    -smp 4 -m 1536M -display none -no-reboot -serial "file:$which.log" -kernel vmlinuz -initrd root.cpio \
    -append "console=ttyS0 panic=-1 no_timer_check random.trust_cpu=on state=$state irqaffinity=0-3" $iommu \
    -drive file=out.img,format=raw,if=none,id=disk -device virtio-blk-pci,drive=disk,num-queues=2,serial=out \
    -netdev tap,id=net,ifname=irqlabtap,script=no,downscript=no,queues=4 \
    -device virtio-net-pci,netdev=net,mq=on,vectors=10,romfile=
  rm -rf "$which" && mkdir "$which"
  tar -C "$which" -xf out.img
  sh "$here/trim-report.sh" "$which"/sosreport-*.tar.xz "$here/sosreport-$which.tar.xz"
done
