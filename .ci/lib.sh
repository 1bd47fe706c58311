# Helpers for the scripts here, which source it from the top of the checkout.

cache=$PWD/.ci/cache # what CI installs; git ignores it
node=$cache/suite/node_modules/.bin/node
mkdir -p "$cache"
export PIP_DISABLE_PIP_VERSION_CHECK=1 npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false

# step <heading> <command ...>: runs the command under a heading, and says how long it took.
step() {
  local heading=$1 start=$SECONDS
  shift
  printf '\n=== %s\n' "$heading"
  "$@"
  printf -- '--- %s: %d s\n' "$heading" $((SECONDS - start))
}

# Node 22 and the conformance suite, which needs it.
install_suite() {
  local packages=(node@22.23.3 @modelcontextprotocol/conformance@0.2.0-alpha.12)
  if [[ $(cat "$cache/suite/installed" 2>/dev/null) != "${packages[*]}" ]]; then
    npm install --loglevel=error --prefix "$cache/suite" --save-exact "${packages[@]}"
    "$node" --version
    echo "${packages[*]}" >"$cache/suite/installed"
  fi
}

# start_server <command ...>: starts it, waits for the address it prints, and leaves that in $url.
start_server() {
  local log=$cache/server.log
  : >"$log"
  "$@" 2>"$log" &
  server=$!
  trap 'kill "$server" 2>/dev/null' EXIT
  for _ in {1..150}; do
    url=$(grep -om1 'http://[^ ]*/mcp' "$log" || true)
    [[ -z $url ]] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  echo "no address from: $*" >&2
  cat "$log" >&2
  return 1
}

# Stops it with SIGTERM, and fails unless it exits with 0.
stop_server() {
  trap - EXIT
  kill "$server"
  wait "$server" || { local status=$?; echo "the server exited with $status on SIGTERM" >&2; cat "$cache/server.log" >&2; return 1; }
}
