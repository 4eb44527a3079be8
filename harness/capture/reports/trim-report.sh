#!/bin/sh
# trim-report.sh REPORT OUTPUT: of a sosreport what harness/capture/machine-paths.ts reads, and some of the links that real ones have.
set -eu
case $1 in /*) report=$1 ;; *) report=$PWD/$1 ;; esac
case $2 in /*) output=$2 ;; *) output=$PWD/$2 ;; esac
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
tar -C "$work" -xf "$report"
cd "$work"/sosreport-*
chmod -R u+w .
kept='proc/(interrupts|cmdline|stat|modules)|proc/irq/.*|sys/devices/system/cpu/(online|possible|present|isolated|nohz_full)'
kept="$kept|sys/devices/system/cpu/cpu[0-9]+/topology/(physical_package_id|core_id|thread_siblings_list)"
kept="$kept|sys/firmware/acpi/tables/DMAR|etc/systemd/system/(make-state|pin-queues)\.service|sos_commands/[a-z]+/(dmesg|lscpu|date|date_--utc)"
kept="$kept|sos_commands/[a-z]+/(uname_-a|lsmod|lspci_-nnvv|ps_auxwww|ethtool_-[il]_.*)|sos_logs/sos\.log|version\.txt"
find . -type f | grep -vE "^\./($kept)\$" | tr '\n' '\0' | xargs -0 rm -f
find . -mindepth 2 -type l -exec rm -f {} +
grep -E "'(/proc/interrupts|/proc/stat)'" sos_logs/sos.log >sos_logs/short && mv sos_logs/short sos_logs/sos.log
[ ! -f sys/firmware/acpi/tables/DMAR ] || : >sys/firmware/acpi/tables/DMAR
find . -mindepth 1 -type d -empty ! -path './proc/irq/*' -delete
cd ..
tar --owner=0 --group=0 --sort=name -cf - sosreport-* | xz -9e >"$output"
