# Sourced by the scripts: where things are, and how a step reports itself.
#
# QUORUM_TOOLS  folder of the tools that the set-up installs (default: .tools in the repository);
#               several checkouts on one machine can share one.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export QUORUM_TOOLS=${QUORUM_TOOLS:-$root/.tools}
export QUORUM_STARTED=${QUORUM_STARTED:-$(date +%s)}
export PATH="$QUORUM_TOOLS/bin:$QUORUM_TOOLS/node/node_modules/.bin:$PATH"

wasm_target=wasm32-unknown-unknown

# wasm_standard_library CRATES: from now on cargo builds Rust's standard library for WebAssembly from its source, together
# with the code that uses it, so that the page can leave out what it does not need. RUSTC_BOOTSTRAP lets the stable
# compiler do it.
wasm_standard_library() {
    export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=$1
}

# Says what begins now, and how long everything has taken so far.
step() {
    printf '[%4d s] %s\n' "$(($(date +%s) - QUORUM_STARTED))" "$*"
}

# fail WHAT WHAT_TO_DO: ends the script.
fail() {
    printf '\nFailed: %s\nWhat to do: %s\n' "$1" "$2" >&2
    exit 1
}

# The version of a package in Cargo.lock.
locked_version() {
    awk -v name="\"$1\"" '$1 == "name" { found = $3 == name } found && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' \
        "$root/Cargo.lock"
}

# Sets CHROMIUM and CHROMEDRIVER, unless the caller has; fails when one is not there. Sets HEADLESS_SHELL too: the
# Chromium that has no windows and opens a page in a third of the time, or CHROMIUM where that is not installed.
find_browser() {
    export HEADLESS_SHELL=${HEADLESS_SHELL:-${CHROMIUM:-$(command -v chromium-headless-shell || true)}}
    CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)} &&
        CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver)} &&
        [[ -x $CHROMIUM && -x $CHROMEDRIVER ]] &&
        export CHROMIUM CHROMEDRIVER HEADLESS_SHELL=${HEADLESS_SHELL:-$CHROMIUM}
}

# Writes target/webdriver.json: the driver starts the Chromium that find_browser found, with the flags of webdriver.json.
webdriver_config() {
    node -e 'const [flags, binary] = process.argv.slice(1);
        const capabilities = JSON.parse(require("fs").readFileSync(flags, "utf8"));
        capabilities["goog:chromeOptions"].binary = binary;
        console.log(JSON.stringify(capabilities));' webdriver.json "$CHROMIUM" > target/webdriver.json
}
