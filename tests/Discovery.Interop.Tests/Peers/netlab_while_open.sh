#!/usr/bin/env bash
# netlab_while_open.sh FOLDER NAME HOSTS WORK - a lab of network namespaces (FOLDER/netlab.sh) for as long as standard input
# stays open; WORK is a folder for its files, deleted at the end.
# Says "ready", or "unavailable" where this machine does not allow namespaces.
set -u
export LAB=$2 LAB_TMP=$4
cleanup() { "$1/netlab.sh" down </dev/null >/dev/null 2>&1; rm -rf "$LAB_TMP"; }
trap 'cleanup "$1"' EXIT
if ! ip netns add "$LAB-h0"; then
  echo unavailable
  exit
fi
ip netns del "$LAB-h0"
"$1/netlab.sh" up "$3" </dev/null || exit
for i in $(seq "$3"); do
  ip -n "$LAB-h$i" -6 addr add "2001:db8:77:$i::1/48" dev eth0 nodad || exit
done
trap '' PIPE
echo ready
read -r _
