#!/bin/sh
# Makes the secrets of compose.yaml, once: addresses with a password each, and the key ring. Keep a copy of the folder
# apart from the backups: without the key ring they open nothing.
set -eu
umask 077
folder=$(dirname "$0")/secrets
if [ -e "$folder" ]; then
    echo "$folder is there already" >&2
    exit 1
fi
mkdir "$folder"
for role in yifen_owner yifen_gateway yifen_web yifen_worker yifen_night yifen_pos yifen_backup yifen_reader; do
    word=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
    printf 'postgresql://%s:%s@postgres:5432/yifen' "$role" "$word" >"$folder/$role"
done
head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$folder/postgres"
printf '1:%s' "$(head -c 32 /dev/urandom | base64 | tr -d '\n')" >"$folder/key_ring"
chmod 0444 "$folder"/* # a container's user reads it; the folder itself is closed
