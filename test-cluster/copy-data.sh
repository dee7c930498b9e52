#!/bin/sh
# copy-data.sh FROM TO: copies the data directory of a running PostgreSQL between pg_backup_start and pg_backup_stop.
# What a new standby must not have stays behind; pg_control comes last, as a backup taken from a standby needs it.
# https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA
cd "$1" || exit
to=$2
set --
for entry in *; do
    case $entry in
        postmaster.* | standby.signal | recovery.signal | backup_label* | pg_wal | pg_replslot) ;;
        *) set -- "$@" "$entry" ;;
    esac
done
# Temporary files may vanish while they are copied: that is no error.
LC_ALL=C cp -Rp "$@" "$to/" 2>&1 | grep -v 'No such file or directory' >&2
rm -f "$to/global/pg_control"
mkdir -m 0700 "$to/pg_wal" "$to/pg_wal/archive_status" "$to/pg_replslot" || exit
cp -p global/pg_control "$to/global/"
