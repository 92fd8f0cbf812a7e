#!/bin/sh
# Settings that are secret come as files of their names (`secrets:` of compose.yaml), then the command is run.
set -eu
for file in "${SECRETS_FOLDER:-/run/secrets}"/YIFEN_*; do
    if [ -f "$file" ]; then
        export "$(basename "$file")=$(cat "$file")"
    fi
done
exec python -m yifen "$@"
