#!/bin/sh
# Repeats what irqlab did in one run, without irqlab: boots the same kernel in QEMU, lets the guest do the same writes and
# stimuli by itself, prints what it sees, and says whether the violation shows again.
#
#   ./replay.sh
#
# Exit code: 0 it shows again, 1 it does not, 2 it cannot be told.
# Needs: qemu-system-x86_64, a POSIX shell, coreutils. No root, no network, no tap. Writes nothing but replay-console.log.
# QEMU=/path/to/qemu-system-x86_64 takes another QEMU; ACCEL=tcg or ACCEL=kvm chooses; LIMIT=seconds (default 600).
# BZIMAGE=/path/to/bzImage asks the same of another kernel: one with a fix, for example. MODULES=/path/to/modules.cpio are
# its modules; none are taken if it is not given, so that kernel needs virtio-pci and virtio-net built in.
set -u
LC_ALL=C
export LC_ALL
QEMU=${QEMU:-qemu-system-x86_64}
LIMIT=${LIMIT:-600}

cannot() {
  printf '%s\n' "cannot tell: $*" >&2
  exit 2
}

here=$(dirname -- "$0")
cd -- "$here" || cannot "no such directory"
. ./settings.sh

[ -z "$WHY_NOT" ] || cannot "$WHY_NOT"
for program in "$QEMU" timeout mktemp head cat wc sha256sum; do
  command -v "$program" >/dev/null 2>&1 || cannot "$program is not installed"
done
bzImage=images/bzImage modules=images/modules.cpio
if [ -n "${BZIMAGE:-}" ]; then
  bzImage=$BZIMAGE modules=${MODULES:-}
  [ -r "$bzImage" ] || cannot "BZIMAGE=$bzImage cannot be read"
  [ -z "$modules" ] || [ -r "$modules" ] || cannot "MODULES=$modules cannot be read"
else
  [ -r images/bzImage ] || cannot 'images/bzImage is not here: README.txt says where to get it, and which hash it must have'
  sha256sum --quiet -c images/SHA256SUMS >&2 || cannot 'an image is not the one of the run'
fi
[ -r images/guest.cpio ] || cannot 'images/guest.cpio is not here: README.txt says where to get it'

work=$(mktemp -d) || cannot 'no directory for temporary files'
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# member NAME MODE FILE: one file of an initramfs ("newc", linux: Documentation/driver-api/early-userspace/buffer-format.rst).
zeros() { head -c "$1" /dev/zero; }
member() {
  size=$(($(wc -c <"$3")))
  length=$((${#1} + 1))
  printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s' \
    0 "$2" 0 0 1 0 "$size" 0 0 0 0 "$length" 0 "$1"
  zeros $((1 + (4 - (110 + length) % 4) % 4))
  cat -- "$3"
  zeros $(((4 - size % 4) % 4))
}
{
  cat images/guest.cpio
  [ -z "$modules" ] || [ ! -s "$modules" ] || cat -- "$modules"
  member irqlab-replay 33261 guest/guest.sh
  member irqlab-more.sh 33188 guest/more.sh
  member irqlab-queues.sh 33188 guest/queues.sh
  member irqlab-acts.sh 33188 guest/acts.sh
  member irqlab-judge.sh 33188 guest/judge.sh
  member TRAILER!!! 0 /dev/null
} >"$work/initrd" || cannot 'the initramfs could not be written'

version=$("$QEMU" --version | head -n 1)
case $version in
  *' version '[0-9]*) major=${version#*' version '} major=${major%%.*} ;;
  *) cannot "\"$QEMU --version\" says no version" ;;
esac
ACCEL=${ACCEL:-$RUN_ACCEL}
if [ "$ACCEL" = kvm ] && [ ! -w /dev/kvm ]; then
  echo 'no /dev/kvm that can be used: TCG instead' >&2
  ACCEL=tcg
fi

[ -z "${BZIMAGE:-}" ] || KERNEL="$BZIMAGE, and not that of the run"
printf '%s\n' "run:    $RUN" "kernel: $KERNEL" "qemu:   $version, $ACCEL"
printf '%s\n' "${SYMPTOM:+on the machine, and }in the run: $REASON" ''
console=replay-console.log
: 2>/dev/null >"$console" || console=$work/console
run_qemu() {
  timeout -k 5 "$LIMIT" "$QEMU" "$@" -kernel "$bzImage" -initrd "$work/initrd" \
    -append "$APPEND rdinit=/irqlab-replay" </dev/null 2>"$work/stderr"
  echo "$?" >"$work/status"
}
# The lines of the guest as they come; what they say at last is kept.
qemu_args | {
  result='' fault=''
  cr=$(printf '\r')
  : >"$console"
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$cr"}
    printf '%s\n' "$line" >>"$console"
    case $line in
      *'irqlab: result '*) result=${line##*'irqlab: result '} ;;
      'irqlab: '*) printf '%s\n' "${line#irqlab: }" ;;
      *'Kernel panic'* | *'BUG: '* | *'Oops: '* | *'WARNING: '* | *'general protection fault'* | *'soft lockup'* | *'hung_task'* | *'INFO: rcu'*)
        fault=yes
        printf '%s\n' "the kernel says: $line"
        case $FAULT in
          '') ;;
          *) case $line in *"$FAULT"*) : >"$work/same-fault" ;; esac ;;
        esac
        ;;
    esac
  done
  printf '%s\n' "$result" >"$work/result"
  [ -z "$fault" ] || : >"$work/fault"
}

read -r result <"$work/result"
read -r status <"$work/status"
while IFS= read -r line; do
  # It is none on purpose.
  case $line in *'is not connected to host network'*) ;; *) printf '%s\n' "$line" >&2 ;; esac
done <"$work/stderr"
echo
if [ -e "$work/same-fault" ]; then
  echo 'SEEN AGAIN: the kernel complained as it did in the run.'
  exit 0
fi
case $result in
  again=[0-9]*' gone='[0-9]*' unknown='[0-9]*) ;;
  *)
    [ "$status" = 124 ] && cannot "QEMU was ended after $LIMIT seconds (LIMIT=... gives it more)"
    [ -e "$work/fault" ] && cannot 'the kernel faulted, in another way than in the run; replay-console.log has all of it'
    cannot "the guest ended before it was done (QEMU's exit code $status); replay-console.log has its console"
    ;;
esac
again=${result#again=} again=${again%% *}
gone=${result#*gone=} gone=${gone%% *}
unknown=${result#*unknown=} unknown=${unknown%% *}
if [ -n "${SYMPTOM:-}" ]; then
  if [ "$again" -gt 0 ]; then
    echo "SEEN AGAIN: $SYMPTOM"
    exit 0
  fi
  [ "$gone" -gt 0 ] || cannot 'nothing of it could be judged here: the lines above say why'
  echo "NOT SEEN: the acts were done, and it did not show: $SYMPTOM"
  exit 1
fi
if [ "$again" -gt 0 ]; then
  echo "SEEN AGAIN: of $((again + gone)) violations of the run that can be judged here, $again show again."
  exit 0
fi
if [ -z "$FAULT" ] && [ "$gone" -gt 0 ]; then
  echo "NOT SEEN: of $gone violations of the run that can be judged here, none shows."
  exit 1
fi
if [ -n "$FAULT" ]; then
  echo 'NOT SEEN: the acts were done, and the kernel did not complain.'
  exit 1
fi
[ "$unknown" = 0 ] && cannot 'the run had no violation: what the acts led to is printed above'
cannot "none of the run's $unknown violations could be judged here: the lines above say why"
