#!/bin/sh
# Runs a command with another root directory, in which /proc, /sys and one more directory are those of this machine. What it mounts is
# gone with the command if it runs in a mount namespace of its own (unshare --mount).
#
#   within.sh ROOT DIRECTORY COMMAND...
set -eu
root=$1
directory=$2
shift 2
mkdir -p "$root$directory"
for shared in /proc /sys "$directory"; do mount --rbind "$shared" "$root$shared"; done
exec chroot "$root" "$@"
