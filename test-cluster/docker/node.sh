#!/bin/sh
# Entrypoint of one node in a container of the official image. NODE is its name. PRIMARY is the host that it is to follow;
# without it the node is the first primary. The arguments go to postgres.
set -eu

if [ -n "${PRIMARY:-}" ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    install -d -o postgres -g postgres -m 0700 "$PGDATA"
    until gosu postgres pg_basebackup --pgdata="$PGDATA" --checkpoint=fast --write-recovery-conf \
        --dbname="host=$PRIMARY user=replicator password=replicator-secret"; do
        echo "node.sh: $PRIMARY cannot be copied yet"
        sleep 1
    done
fi

exec docker-entrypoint.sh postgres -c cluster_name="$NODE" -c wal_log_hints=on -c wal_keep_size=512MB \
    -c max_connections=200 -c max_prepared_transactions=20 -c wal_receiver_status_interval=1s "$@"
