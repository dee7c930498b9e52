#!/bin/sh
# Run once by the image's entrypoint on the first primary: the roles of ../cluster, and who may connect. HBA holds lines to put
# first into pg_hba.conf.
set -eu

psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres <<'END'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'replicator-secret';
CREATE ROLE pgrouter LOGIN PASSWORD 'sekrit' IN ROLE pg_monitor;
CREATE ROLE app LOGIN PASSWORD 'app-secret';
CREATE DATABASE app OWNER app;
END

cat >"$PGDATA/pg_hba.conf" <<END
${HBA:-}
local all         all             trust
host  all         all         all scram-sha-256
host  replication replicator  all scram-sha-256
END
