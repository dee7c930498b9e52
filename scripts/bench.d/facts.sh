# What the report says of the machine and of the programs: one fact a line, its name, a tab and its value. Sourced by ../bench.
# shellcheck shell=bash disable=SC2154

write_facts() {
    fact command "$asked"
    fact date "$(date -u +%Y-%m-%d)"
    fact processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
    fact 'processor cores' "$(getconf _NPROCESSORS_ONLN)"
    fact memory "$(awk '/^MemTotal/ { printf "%.1f GB", $2 * 1024 / 1e9 }' /proc/meminfo)"
    fact kernel "$(uname -sr)"
    fact 'load average before' "$load_before"
    fact 'scheduling groups' "$(scheduling_groups)"
    fact JDK "$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.vm.name = //p; s/^ *java.vm.version = //p' | paste -sd ' ')"
    fact 'JVM options of pgrouter' "${java_options:-none}"
    fact PostgreSQL "$(psql -p "$first_node" -XAtqc 'SHOW server_version')"
    fact pgbench "$(pgbench --version)"
    fact 'sources of pgrouter' "$(commit)"
    [[ -z $chroot ]] || fact 'peers of' "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$chroot/etc/os-release")"
}

# Whether the kernel shares the processors between sessions first, see sched(7).
scheduling_groups() {
    if [[ -e /proc/self/autogroup && $(cat /proc/sys/kernel/sched_autogroup_enabled) == 1 ]]; then
        echo "one for each session (autogroup); every program that is measured has its own"
    else
        echo "none: autogroup is off"
    fi
}

fact() {
    printf '%s\t%s\n' "$1" "$2"
}

# The commit of the sources, and whether they differ from it.
commit() {
    local changes
    if changes=$(git status --porcelain -- pom.xml src/main 2>/dev/null); then
        echo "commit $(git rev-parse --short HEAD)${changes:+, with changes}"
    else
        echo "not under version control"
    fi
}
