# Where the programs of PostgreSQL come from: this machine, else Maven Central. Sourced by ./cluster.
# shellcheck shell=bash

embedded_newest=18

# Where unpacked programs are kept. The user that runs PostgreSQL for root cannot look into root's home.
cache=${PGROUTER_CACHE:-$HOME/.cache/pgrouter}
if ((EUID == 0)) && [[ -z ${PGROUTER_CACHE:-} ]]; then
    cache=/var/cache/pgrouter
fi

# Prints the directory with initdb, pg_ctl and postgres for what --postgres said: nothing, a major version, a full version
# or a directory.
find_binaries() {
    local wanted=$1 found
    case $wanted in
        */*) found=$wanted ;;
        *.*) found=$(embedded "$wanted") || exit ;;
        '') found=$(installed '') || found=$(embedded "$embedded_newest") || exit ;;
        *[!0-9]*) die "--postgres $wanted: a version such as 18 or 18.1, or a directory of programs, is expected" ;;
        *) found=$(installed "$wanted") || found=$(embedded "$wanted") || exit ;;
    esac
    [[ $(major_of "$found") -ge 13 ]] || die "$found: no PostgreSQL 13 or newer here"
    (cd "$found" && pwd -P)
}

# Prints the major version of the programs in a directory, or 0 where one is missing.
major_of() {
    if is_complete "$1" && [[ $("$1/postgres" --version) =~ [0-9]+ ]]; then
        echo "${BASH_REMATCH[0]}"
    else
        echo 0
    fi
}

is_complete() { [[ -x $1/initdb && -x $1/pg_ctl && -x $1/postgres ]]; }

# Prints the directory of the newest installed PostgreSQL from 13 on, of the given major version if there is one.
installed() {
    local best=12 found='' candidate major
    for candidate in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
        /usr/local/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v postgres || echo /)")"; do
        is_complete "$candidate" || continue
        major=$(major_of "$candidate")
        if ((major > best)) && [[ $major == "${1:-$major}" ]]; then
            best=$major found=$candidate
        fi
    done
    [[ -n $found ]] && echo "$found"
}

# Prints the directory of the programs that Maven Central has for a version; fetches them once.
embedded() {
    local version target
    version=$(full_version "$1") || exit
    target=$cache/postgres-$version
    [[ -x $target/bin/postgres ]] || fetch_embedded "$version" "$target"
    echo "$target/bin"
}

# Prints the version of the artifact: majors are pinned, so that all machines test with the same.
full_version() {
    case $1 in
        13) echo 13.22.0 ;;
        14) echo 14.18.0 ;;
        15) echo 15.15.0 ;;
        16) echo 16.9.0 ;;
        17) echo 17.7.0 ;;
        18) echo 18.1.0 ;;
        *.*.*) echo "$1" ;;
        *.*) echo "$1.0" ;;
        *) die "--postgres $1: not installed here, and no embedded PostgreSQL $1 is known: 13 to 18 are" ;;
    esac
}

# Downloads and unpacks beside the final place and moves it there at the end: several runs may do so at once.
fetch_embedded() {
    local version=$1 target=$2 scratch artifact
    command -v mvn >/dev/null || die "PostgreSQL $version is not installed here; fetching it needs Maven (mvn)"
    command -v xz >/dev/null || [[ $(uname) == Darwin ]] ||
        die "PostgreSQL $version is not installed here; unpacking it needs xz (Debian: apt-get install xz-utils)"
    artifact=io.zonky.test.postgres:embedded-postgres-binaries-$(platform):$version
    echo "fetching $artifact ..." >&2
    mkdir -p "$cache"
    scratch=$(mktemp -d "$cache/unpack.XXXXXX") || die "cannot write to $cache"
    (
        # Not in the project: its pom.xml is of no use here.
        cd "$scratch" && mkdir home && chmod 755 . home &&
            mvn -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
                -Dartifact="$artifact" -DoutputDirectory="$scratch/jar" >log 2>&1 </dev/null &&
            tar -xJf jar/*.txz -C home 2>>log
    ) || { tail -n 20 "$scratch/log" >&2; rm -rf "$scratch"; die "cannot fetch $artifact"; }
    # Where another run was faster, mv puts ours inside the finished directory: remove it there.
    [[ -d $target ]] || mv "$scratch/home" "$target"
    rm -rf "$scratch" "${target:?}/home"
}

platform() {
    local os=linux arch
    [[ $(uname) == Darwin ]] && os=darwin
    case $(uname -m) in
        x86_64 | amd64) arch=amd64 ;;
        aarch64 | arm64) arch=arm64v8 ;;
        *) die "no embedded PostgreSQL for $(uname -m): install PostgreSQL" ;;
    esac
    echo "$os-$arch"
}
