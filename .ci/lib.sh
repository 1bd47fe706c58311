# Functions for the scripts in this folder, which source it from the top of the checkout.

cache=$PWD/.ci/cache # tools that CI installs; ignored by git
node=$cache/suite/node_modules/.bin/node
mkdir -p "$cache"
export PIP_DISABLE_PIP_VERSION_CHECK=1 npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false

times=() # the duration of each step, for the table

# step <heading> <limit> <command ...>: runs the command under a heading, prints its duration, and fails when it exceeds
# the limit, such as 90s or 20m. Functions of a script run without a limit.
step() {
  local heading=$1 limit=$2 start=$SECONDS status=0 taken
  shift 2
  printf '\n=== %s\n' "$heading"
  if [[ $(type -t "$1") == function ]]; then
    "$@"
  else
    timeout --kill-after=10s "$limit" "$@" || status=$?
  fi
  taken=$((SECONDS - start))
  times+=("$(printf '%5d s  %s' $taken "$heading")")
  printf -- '--- %s: %d s\n' "$heading" $taken
  ((status != 124 && status != 137)) || echo "$heading: timed out after $limit" >&2
  return $status
}

# Prints the duration of each step.
table() {
  printf '\n'
  printf '%s\n' "${times[@]}"
}

# install_packages <folder> <package ...>: installs these from npm, unless they are installed.
install_packages() {
  local folder=$1
  shift
  [[ $(cat "$folder/installed" 2>/dev/null) != "$*" ]] || return 0
  npm install --loglevel=error --prefix "$folder" --save-exact "$@"
  echo "$*" >"$folder/installed"
}

# install_debian <command=packages ...>: installs the Debian packages whose commands are missing.
install_debian() {
  local absent=() as_root=()
  for entry in "$@"; do
    command -v "${entry%%=*}" >/dev/null || absent+=(${entry#*=}) # splits several packages
  done
  ((${#absent[@]})) || return 0
  ((EUID == 0)) || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${absent[@]}" >/dev/null
}

# Installs Node 22 and the conformance suite.
install_suite() {
  install_packages "$cache/suite" node@22.23.3 @modelcontextprotocol/conformance@0.2.0-alpha.12
  "$node" --version
}

# Installs the hosts: Claude Code, Codex CLI and Gemini CLI.
install_hosts() {
  install_packages "$cache/hosts" node@22.23.3 @anthropic-ai/claude-code@2.1.197 @openai/codex@0.171.0 @google/gemini-cli@0.61.0
}

# Compiles the crates of users in one target directory and without debug info, which the dependencies of this workspace
# lack too: so each dependency is compiled once.
share_target() {
  export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/newcomer} CARGO_PROFILE_DEV_DEBUG=0
}

# Prints an unused port of this machine.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_server <command ...>: starts it, waits at most 30 s for the address it prints, and sets $url to it.
# Compile the server before.
start_server() {
  local log=$cache/server.log
  : >"$log"
  "$@" 2>"$log" &
  server=$!
  trap 'kill "$server" 2>/dev/null' EXIT
  for _ in {1..150}; do
    url=$(grep -om1 'https\?://[^ ]*/mcp' "$log" || true)
    [[ -z $url ]] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  echo "no address from: $*" >&2
  cat "$log" >&2
  return 1
}

# Stops the server with SIGTERM, and fails unless it exits with 0.
stop_server() {
  trap - EXIT
  kill "$server"
  wait "$server" || { local status=$?; echo "the server exited with $status on SIGTERM" >&2; cat "$cache/server.log" >&2; return 1; }
}

# block <language> <number> [page]: the n-th code block in that language of the README or another page.
block() {
  awk -v fence="\`\`\`$1" -v wanted="$2" '
    /^```/ && inside { inside = 0; next }
    $0 ~ "^" fence "(,|$)" { inside = 1; found++; next }
    inside && found == wanted' "${3:-README.md}"
}
