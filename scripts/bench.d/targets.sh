# The targets: what is measured, how it is configured and started. Sourced by ../bench; uses its settings work, port, first_node,
# java, java_options, chroot, workloads and targets. Each target gets a line in the file "targets": name, port, process, version, why it is left out.
# shellcheck shell=bash disable=SC2154

# What each started process is to be ended with, by its number.
signals=()

start_targets() {
    : >"$work/targets"
    choose_user
    choose_pools
    make_certificate
    local target
    for target in "${targets[@]}"; do
        mkdir "$work/$target"
        "start_$target"
    done
}

# PgBouncer refuses to run as root, so for root all peers run as the user that PostgreSQL runs as. "peer" is put before the command
# of a peer: it ends in that command, so that it is one process.
choose_user() {
    peer=() user=
    if ((EUID == 0)); then
        user=nobody
        ! id postgres >/dev/null 2>&1 || user=postgres
        [[ -z $chroot ]] || peer=(unshare --mount --propagation private scripts/bench.d/within.sh "$chroot" "$work")
        peer+=(setpriv --reuid "$(id -u "$user")" --regid "$(id -g "$user")" --clear-groups --)
    fi
}

# How many server connections each target may keep for how many clients. Where each client has one to itself, all need theirs.
choose_pools() {
    pool=100 clients=100
    ! is_in select-250 "${workloads[@]}" || clients=260
}

# For those that can speak TLS. Without openssl none does, and the report says so.
make_certificate() {
    certificate=
    mkdir "$work/tls"
    if command -v openssl >/dev/null && openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 \
        -keyout "$work/tls/server.key" -out "$work/tls/server.crt" 2>/dev/null; then
        certificate=$work/tls/server.crt key=$work/tls/server.key
        chmod 600 "$key"
    fi
    own "$work/tls"
}

own() {
    [[ -z $user ]] || chown -R "$user" "$1"
}

# write TARGET FILE: writes standard input to a file of the target that nobody but its user may read.
write() {
    (umask 077 && cat >"$work/$1/$2")
    own "$work/$1"
}

# launch TARGET COMMAND...: starts it in the background, in a session of its own: some kernels share the processors between sessions.
launch() {
    local target=$1
    shift
    setsid "$@" >"$work/$target.log" 2>&1 </dev/null &
    pid=$!
    signals[pid]=TERM
}

# enlist TARGET PORT VERSION: waits until what was launched answers queries.
enlist() {
    local _
    for _ in {1..200}; do
        if answers "$2"; then
            printf '%s\t%s\t%s\t%s\t\n' "$1" "$2" "$pid" "$3" >>"$work/targets"
            return
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    leave_out "$1" "did not start: $(tail -n 1 "$work/$1.log" | tr '\t|' '  ')"
}

answers() {
    PGCONNECT_TIMEOUT=5 psql -p "$1" -XAtqc 'SELECT 1' >/dev/null 2>&1
}

leave_out() {
    echo "$1: $2" >&2
    printf '%s\t0\t0\t\t%s\n' "$1" "$2" >>"$work/targets"
}

# installed TARGET PROGRAM: whether there is the program; else the target is left out.
installed() {
    # shellcheck disable=SC2016 # the shell is another one
    "${peer[@]}" sh -c 'command -v "$0"' "$2" >/dev/null || { leave_out "$1" "$2 is not installed" && return 1; }
}

# at_least VERSION OTHER: whether the version is the other one or newer.
at_least() {
    [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]
}

start_direct() {
    pid=0
    enlist direct "$first_node" "the primary itself"
}

start_pgrouter() { start_router pgrouter "$port" 1; }

start_pgrouter-2() {
    local cores
    cores=$(getconf _NPROCESSORS_ONLN)
    if ((cores < 4)); then
        leave_out pgrouter-2 "two workers need four processor cores beside the nodes and the clients; this machine has $cores"
    else
        start_router pgrouter-2 $((port + 7)) 2
    fi
}

# start_router TARGET PORT WORKERS: the monitor takes the port after PORT.
start_router() {
    (umask 077 && echo 'app plain app-secret' >"$work/$1/authdb")
    cat >"$work/$1/pgrouter.conf" <<END
listen 127.0.0.1:$2
monitor 127.0.0.1:$(($2 + 1))
workers $3
authdb authdb
health { username pgrouter; password sekrit }
pool { size $pool; idle 10m; age 10m }
backend 127.0.0.1:$first_node
backend 127.0.0.1:$((first_node + 1))
backend 127.0.0.1:$((first_node + 2))
END
    [[ -z $certificate ]] || echo "tls { cert $certificate; key $key }" >>"$work/$1/pgrouter.conf"
    # shellcheck disable=SC2086 # several options
    launch "$1" "$java" $java_options -jar target/pgrouter.jar -c "$work/$1/pgrouter.conf"
    await_standbys $(($2 + 1))
    enlist "$1" "$2" "$("$java" -jar target/pgrouter.jar --version)"
}

# await_standbys PORT: until pgrouter's monitor there tells of both standbys, for 20 seconds at most.
await_standbys() {
    local _
    for _ in {1..200}; do
        kill -0 "$pid" 2>/dev/null || return 0
        [[ $(status "$1" | grep -c ' standby OK') != 2 ]] || return 0
        sleep 0.1
    done
}

status() {
    (cat <"/dev/tcp/127.0.0.1/$1") 2>/dev/null || true
}

start_pgbouncer-session() { start_pgbouncer session $((port + 2)) "$clients"; }
start_pgbouncer-transaction() { start_pgbouncer transaction $((port + 3)) "$pool"; }

# start_pgbouncer MODE PORT POOL
start_pgbouncer() {
    local target=pgbouncer-$1 version
    installed "$target" pgbouncer || return 0
    version=$("${peer[@]}" pgbouncer --version | sed -n '1s/[^0-9]*//p')
    write "$target" users <<<'"app" "app-secret"'
    pgbouncer_settings "$@" "$version" | write "$target" pgbouncer.ini
    launch "$target" "${peer[@]}" pgbouncer "$work/$target/pgbouncer.ini"
    enlist "$target" "$2" "PgBouncer $version"
}

# pgbouncer_settings MODE PORT POOL VERSION
pgbouncer_settings() {
    cat <<END
[databases]
app = host=127.0.0.1 port=$first_node dbname=app

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $2
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $work/pgbouncer-$1/users
pool_mode = $1
max_client_conn = 500
default_pool_size = $3
server_tls_sslmode = disable
END
    # Prepared statements in transaction mode, since there are any.
    ! at_least "$4" 1.21 || echo "max_prepared_statements = 200"
    if [[ -n $certificate ]]; then
        echo "client_tls_sslmode = allow"
        echo "client_tls_cert_file = $certificate"
        echo "client_tls_key_file = $key"
    fi
}

start_pgpool() {
    installed pgpool pgpool || return 0
    local version
    version=$("${peer[@]}" pgpool --version 2>&1 | sed 's/[^0-9]*\([0-9.]*\).*/\1/')
    write pgpool pool_passwd <<<"app:TEXTapp-secret"
    write pgpool pool_hba.conf <<<"host all all 127.0.0.1/32 scram-sha-256"
    write pgpool pcp.conf </dev/null
    pgpool_settings "$version" | write pgpool pgpool.conf
    launch pgpool "${peer[@]}" pgpool -n -D -f "$work/pgpool/pgpool.conf" -a "$work/pgpool/pool_hba.conf" \
        -F "$work/pgpool/pcp.conf"
    # On TERM it would wait for its clients.
    signals[pid]=INT
    enlist pgpool $((port + 4)) "pgpool-II $version"
}

# pgpool_settings VERSION
pgpool_settings() {
    local node sockets=unix_socket_directories
    at_least "$1" 4.4 || sockets=socket_dir
    cat <<END
backend_clustering_mode = 'streaming_replication'
listen_addresses = '127.0.0.1'
port = $((port + 4))
pcp_port = $((port + 5))
$sockets = '$work/pgpool'
pcp_socket_dir = '$work/pgpool'
pid_file_name = '$work/pgpool/pgpool.pid'
logdir = '$work/pgpool'
enable_pool_hba = on
pool_passwd = 'pool_passwd'
num_init_children = $clients
load_balance_mode = on
sr_check_user = 'pgrouter'
sr_check_password = 'sekrit'
sr_check_database = 'postgres'
health_check_period = 10
health_check_user = 'pgrouter'
health_check_password = 'sekrit'
health_check_database = 'postgres'
END
    for node in 0 1 2; do
        echo "backend_hostname$node = '127.0.0.1'"
        echo "backend_port$node = $((first_node + node))"
        echo "backend_weight$node = 1"
    done
    if [[ -n $certificate ]]; then
        echo "ssl = on"
        echo "ssl_cert = '$certificate'"
        echo "ssl_key = '$key'"
    fi
}

start_haproxy() {
    installed haproxy haproxy || return 0
    write haproxy haproxy.cfg <<END
global
    maxconn 1000

defaults
    mode tcp
    timeout connect 5s
    timeout client 30m
    timeout server 30m

listen primary
    bind 127.0.0.1:$((port + 6))
    option pgsql-check user pgrouter
    server primary 127.0.0.1:$first_node check
END
    launch haproxy "${peer[@]}" haproxy -db -f "$work/haproxy/haproxy.cfg"
    enlist haproxy $((port + 6)) "HAProxy $("${peer[@]}" haproxy -v | sed -n '1s/[^0-9]*\([^ ]*\).*/\1/p')"
}

stop_targets() {
    local pid
    for pid in "${!signals[@]}"; do kill "-${signals[pid]}" "$pid" 2>/dev/null || true; done
    for pid in "${!signals[@]}"; do wait "$pid" 2>/dev/null || true; done
}
