# What can be done to one node. Sourced by ./cluster; uses its settings dir, bin, port, nodes and owner.
# shellcheck shell=bash disable=SC2154

node_dir() { echo "$dir/node$1"; }
node_port() { echo $((port + $1 - 1)); }

# Runs a command as the user that owns the data: PostgreSQL refuses to run as root.
as_owner() {
    if ((EUID != 0)); then
        "$@"
    elif command -v setpriv >/dev/null; then
        : "${group:=$(id -g "$owner")}"
        HOME=$dir setpriv --reuid "$owner" --regid "$group" --clear-groups -- "$@"
    else
        HOME=$dir su -m "$owner" -c "exec $(printf '%q ' "$@")"
    fi
}

# Runs SQL on node $1 as the superuser through its socket; each further argument is one statement. Tabs between columns.
sql() {
    local node=$1 statement options=()
    shift
    for statement; do options+=(-c "$statement"); done
    sql_session "$node" ${options[@]+"${options[@]}"}
}

# One session on node $1: the arguments are psql's, else its statements are the lines of standard input.
sql_session() {
    local node=$1 psql
    shift
    if psql=$(find_psql); then
        "$psql" -XAtq -F $'\t' -v ON_ERROR_STOP=1 -h "$(node_dir "$node")" -p "$(node_port "$node")" \
            -U "$superuser" -d postgres "$@"
    else
        java_sql "$node" postgres "$@"
    fi
}

# Prints the path of psql. Debian's in PATH is a script that looks for it, takes longer than it, and may find none.
find_psql() {
    local candidate
    for candidate in "$bin/psql" /usr/lib/postgresql/1*/bin/psql; do
        [[ -x $candidate ]] && echo "$candidate" && return
    done
    psql --version >/dev/null 2>&1 && command -v psql
}

java_sql() {
    local node=$1 database=$2 java=java
    shift 2
    [[ -n ${JAVA_HOME:-} ]] && java=$JAVA_HOME/bin/java
    command -v "$java" >/dev/null || die "this needs psql, or a JDK 16 or newer"
    "$java" "$home/Sql.java" "$(node_dir "$node")" "$(node_port "$node")" "$superuser" "$database" "$@"
}

# Whether a process runs; one that was killed and that nobody has waited for does not.
alive() {
    local state
    state=$(ps -o stat= -p "$1" 2>/dev/null) && [[ $state != Z* ]]
}

postmaster() {
    local pid
    { read -r pid <"$(node_dir "$1")/data/postmaster.pid"; } 2>/dev/null && echo "$pid"
}

# The command line is compared because the process number in an old file may belong to another program by now.
is_up() {
    local pid process
    pid=$(postmaster "$1") && process=$(ps -ww -o stat= -o args= -p "$pid") &&
        [[ $process != Z* && $process == *"-D $(node_dir "$1")/data"* ]]
}

is_standby() { [[ -e $(node_dir "$1")/data/standby.signal ]]; }

require_up() { is_up "$1" || die "node $1 is down: $program start $1"; }

# Stops with an error and shows why, as far as the node's log says it.
die_with_log() {
    local log
    log=$(node_dir "$1")/log
    if [[ -s $log ]]; then
        echo "--- the end of $log" >&2
        tail -n 20 "$log" >&2
    fi
    die "node $1: $2"
}

# Polls every 50 ms, for $1 seconds at most, until the remaining arguments as a command succeed.
await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS <= deadline)) || return 1
        sleep 0.05
    done
}

start_node() {
    local node=$1
    if is_up "$node"; then return; fi
    # Nobody holds these any more, but a killed process that init has not collected looks alive to PostgreSQL.
    rm -f "$(node_dir "$node")"/data/postmaster.pid "$(node_dir "$node")"/.s.PGSQL.*
    control "$node" start -w -t 60 || die_with_log "$node" "does not start"
}

stop_node() {
    if ! is_up "$1"; then return; fi
    control "$1" stop -w -t 60 -m fast || die_with_log "$1" "does not stop"
}

# Stopping the postmaster first keeps it from making a child that the list would lack.
kill_node() {
    local pid children child
    require_up "$1"
    pid=$(postmaster "$1")
    kill -STOP "$pid"
    children=$(ps -A -o pid= -o ppid= | awk -v parent="$pid" '$2 == parent { print $1 }')
    # shellcheck disable=SC2086 # a list
    kill -9 "$pid" $children 2>/dev/null
    for child in $pid $children; do
        await 10 gone "$child" || die "process $child of node $1 does not end"
    done
}

# Sends signal $1 to all processes of node $2, the postmaster first, so that no child comes in between.
signal_node() {
    local pid
    pid=$(postmaster "$2")
    [[ -n $pid ]] && alive "$pid" || die "node $2 is not up"
    # shellcheck disable=SC2046 # a list
    kill "-$1" "$pid" $(ps -A -o pid= -o ppid= | awk -v parent="$pid" '$2 == parent { print $1 }') 2>/dev/null
    return 0
}

gone() { ! alive "$1"; }

# Runs pg_ctl on node $1. All output goes to the log: a server that held the caller's output open would keep it waiting.
control() {
    local own
    own=$(node_dir "$1")
    shift
    # shellcheck disable=SC2094 # both only append
    as_owner "$bin/pg_ctl" -D "$own/data" -l "$own/log" "$@" >>"$own/log" 2>&1 </dev/null
}

# Makes the directory of node $1, which nobody but the owner of the data and root may enter.
make_node_dir() {
    local own
    own=$(node_dir "$1")
    if ! mkdir -m 0700 "$own" || ! touch "$own/log" || ! chown "$owner" "$own" "$own/log"; then
        die "cannot make $own"
    fi
    [[ -z $tls ]] || copy_certificates "$own"
}

# PostgreSQL takes no key that others may read.
copy_certificates() {
    local file
    for file in server.crt server.key ca.crt; do
        install -m 0600 -o "$owner" "$tls/$file" "$1/$file" || die "cannot copy $tls/$file to $1"
    done
}

# Writes the settings of node $1, a standby of node $2 if that is given. They lie beside the data, which may be replaced.
configure() {
    local node=$1 upstream=${2:-} own
    own=$(node_dir "$node")
    as_owner tee "$own/node.conf" >/dev/null <<END
cluster_name = 'node_$node'
port = $(node_port "$node")
listen_addresses = '127.0.0.1, ::1'
unix_socket_directories = '$own'
hba_file = '$own/pg_hba.conf'
password_encryption = 'scram-sha-256'
max_connections = $max_connections
max_prepared_transactions = 20
shared_buffers = 64MB
shared_preload_libraries = '$preload'
fsync = $fsync
wal_init_zero = off
log_line_prefix = '%m [%p] %q%u@%d '

wal_level = replica
wal_log_hints = on
wal_keep_size = 512MB
max_wal_senders = 10
max_replication_slots = 10
synchronous_standby_names = '$synchronous'

hot_standby = on
hot_standby_feedback = off
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 500ms
END
    if [[ -n $tls ]]; then
        as_owner tee -a "$own/node.conf" >/dev/null <<END
ssl = on
ssl_cert_file = '$own/server.crt'
ssl_key_file = '$own/server.key'
ssl_ca_file = '$own/ca.crt'
END
    fi
    if [[ -n $upstream ]]; then
        as_owner tee -a "$own/node.conf" >/dev/null <<END
primary_conninfo = 'host=127.0.0.1 port=$(node_port "$upstream") user=$replication_user password=$replication_password application_name=node_$node'
primary_slot_name = 'node_$node'
END
        as_owner touch "$own/data/standby.signal"
    fi
}

# Who may connect to a node: all with SCRAM; without a password only who may enter the node's directory, mode 0700.
write_hba() {
    { printf '%s\n' "${hba[@]-}" && cat <<END; } | as_owner tee "$(node_dir "$1")/pg_hba.conf" >/dev/null
local all         all               trust
host  all         all 127.0.0.1/32  scram-sha-256
host  all         all ::1/128       scram-sha-256
host  replication $replication_user 127.0.0.1/32 scram-sha-256
END
}

# Makes the first primary: as a copy of the data that an earlier one began with, where that is kept.
make_primary() {
    local data kept
    data=$(node_dir 1)/data kept=$(kept_data)
    make_node_dir 1
    write_hba 1
    configure 1
    if [[ -d $kept ]]; then
        cp -Rp "$(cd "$kept" && pwd -P)" "$data" || die "cannot copy $kept to $data"
    else
        make_data "$data"
        [[ -z $kept ]] || keep_data "$data" "$kept"
    fi
}

# Prints where the data of a first primary is kept for clusters like this one; nothing without --template.
kept_data() {
    [[ -z $template ]] || echo "$template/$nodes-$database-$(cksum <"$home/nodes.sh" | tr ' ' -)${bin//\//-}"
}

# Keeps a copy of the data $1 as $2, unless another run was faster.
keep_data() {
    local copy
    copy=$(mktemp -d "$template/data.XXXXXX") || die "cannot write to $template"
    cp -Rp "$1" "$copy/data" || die "cannot copy $1 to $copy"
    ln -sn "${copy##*/}/data" "$2" 2>/dev/null || rm -rf "$copy"
}

# Makes the data $1 of a first primary, with roles and replication slots; single-user mode needs no client for that.
make_data() {
    local log node
    log=$(node_dir 1)/log
    as_owner "$bin/initdb" -D "$1" -U "$superuser" --encoding UTF8 --no-locale --no-sync --auth=trust \
        >>"$log" 2>&1 || die_with_log 1 "initdb failed"
    as_owner tee -a "$1/postgresql.conf" >/dev/null <<<"include '../node.conf'"
    {
        roles
        for ((node = 2; node <= nodes; node++)); do
            echo "SELECT pg_create_physical_replication_slot('node_$node', true);"
        done
    } | as_owner "$bin/postgres" --single -D "$1" -c exit_on_error=true -c synchronous_standby_names= postgres \
        >/dev/null 2>>"$log" || die_with_log 1 "cannot make the roles"
}

# Single-user mode takes each line for a statement.
roles() {
    cat <<END
ALTER ROLE $superuser PASSWORD '$superuser_password';
CREATE ROLE $replication_user LOGIN REPLICATION PASSWORD '$replication_password';
CREATE ROLE $health_user LOGIN PASSWORD '$health_password' IN ROLE pg_monitor;
CREATE ROLE $app_user LOGIN PASSWORD '$app_password';
CREATE DATABASE "$database" OWNER $app_user;
END
}

# Copies the stopped node 1: a standby is the primary's files, the mark that it is one, and where the primary is.
make_standby() {
    local own
    own=$(node_dir "$1")
    make_node_dir "$1"
    as_owner cp -Rp "$(node_dir 1)/data" "$own/data" || die "cannot copy node 1 to $own"
    rm -rf "$own"/data/pg_replslot/*
    write_hba "$1"
    configure "$1" 1
}

# Replaces the data of node $1 by a copy of the running node $2, with PostgreSQL's own low-level backup functions.
copy_running() {
    local to from start="pg_backup_start('copy', true)" stop="pg_backup_stop(false)"
    to=$(node_dir "$1")/copy from=$(node_dir "$2")/data
    if [[ $(head -1 "$from/PG_VERSION") -lt 15 ]]; then
        start="pg_start_backup('copy', true, false)" stop="pg_stop_backup(false, false)"
    fi
    rm -rf "$to"
    mkdir -m 0700 "$to"
    sql_session "$2" <<END >"$dir/backup_label" || die_with_log "$2" "cannot copy it"
SELECT $start;
\\! sh $(printf %q "$home/copy-data.sh") $(printf %q "$from") $(printf %q "$to")
SELECT labelfile FROM $stop;
END
    [[ -e $to/global/pg_control ]] || die "cannot copy $from to $to"
    # The first line of the output is the position at which the backup began.
    sed 1d "$dir/backup_label" >"$to/backup_label"
    rm -rf "$dir/backup_label" "$(node_dir "$1")/data"
    chown -R "$owner" "$to"
    mv "$to" "$(node_dir "$1")/data"
}

# Brings the stopped node $1, which may have gone its own way, back to the history of the running node $2.
rewind() {
    [[ -x $bin/pg_rewind ]] || return 1
    sql "$2" CHECKPOINT
    as_owner "$bin/pg_rewind" --target-pgdata "$(node_dir "$1")/data" --no-sync --source-server \
        "host=$(node_dir "$2") port=$(node_port "$2") user=$superuser dbname=postgres" >>"$(node_dir "$1")/log" 2>&1
}

# SQL for the timeline that a node is on.
timeline="CASE WHEN pg_is_in_recovery()
    THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
    ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END"

# Whether node $1 receives WAL of timeline $3 from node $2. On an older timeline it may yet turn out to have gone its own way.
streams_from() {
    [[ $(sql "$1" "SELECT concat(status, ' ', sender_port, ' ', received_tli) FROM pg_stat_wal_receiver" 2>/dev/null) == \
        "streaming $(node_port "$2") $3" ]]
}

await_stream() {
    await 30 streams_from "$1" "$2" "$(sql "$2" "SELECT $timeline")" || die_with_log "$1" "receives no WAL from node $2"
}

make_slot() {
    sql "$2" "SELECT pg_create_physical_replication_slot('node_$1', true) WHERE NOT EXISTS
        (SELECT FROM pg_replication_slots WHERE slot_name = 'node_$1')" >/dev/null
}
