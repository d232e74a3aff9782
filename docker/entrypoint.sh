#!/bin/bash
# First process of the setup image: hands over to the user `node`, runs the command, and when a directory is mounted on
# /auth-output copies the signed-in state there, however the command ends. Why it is so: docs/decisions/image-entrypoint.md
set -u

output=/auth-output
config=${CLAUDE_CONFIG_DIR:-/home/node/.claude}
staging=$output/.claude-setup-staging

say() { printf 'claude-setup: %s\n' "$*" >&2; }
stop() {
  say "$*"
  exit 1
}

# Process 1 ignores signals that it has no trap for. Nothing is signed in yet, so here they just end it.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- Whose login it is: `as_user` runs a command as that user, without any privilege ----

as_user=()
if ((UID == 0)); then
  [[ -d $config ]] || install -d -m 0700 -o node -g node "$config"
  uid=$(stat -c %u "$config")
  gid=$(stat -c %g "$config")
  node_uid=$(id -u node)
  if ((uid == 0 || uid == node_uid)); then
    uid=$node_uid
    gid=$(id -g node)
  else
    say "$config belongs to user $uid, so the command runs as that user"
    chown "$uid:$gid" "$HOME"
  fi
  as_user=(setpriv --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs
    --inh-caps=-all --ambient-caps=-all --bounding-set=-all --)
  "${as_user[@]}" true || stop 'could not hand over to an unprivileged user; start the container with --user node'
  # Nobody can write through a read-only mount, and nobody needs to; it is made for handed-out copies.
  need=-w
  [[ -w $config ]] || need=-r
  "${as_user[@]}" test "$need" "$config" ||
    say "user $uid may not use $config, so no login there can be read or kept; on the host: sudo chown -R $uid:$gid on that directory"
elif [[ ! -r $config || ! -x $config ]]; then
  # Some other user by --user: the image's own config directory is for `node` alone.
  HOME=$(mktemp -d) || stop 'there is no directory to write to'
  config=$HOME/.claude
  export HOME CLAUDE_CONFIG_DIR=$config
  mkdir -m 0700 "$config"
fi

if [[ ! -e $output ]]; then
  [[ "$*" != 'claude auth login' ]] || mountpoint -q "$config" ||
    say "nothing is mounted on $output, so this login will stay in the container"
  exec "${as_user[@]}" "$@"
fi

# ---- Said before the sign-in: whether the login could be kept ----

probe=$(mktemp "$output/.claude-setup-probe.XXXXXX" 2>&1) ||
  stop "$output can't be written (${probe##*: }), so the login could not be kept; mount a writable directory there"
head -c 65536 /dev/zero 2> /dev/null > "$probe" || full=yes
rm -f "$probe"
[[ -z ${full-} ]] || stop "the disk under $output is full, so the login could not be kept; free some space"

# ---- The command, with every signal passed on ----

signalled=''
watchdog=''
# shellcheck disable=SC2317 # reached through the traps
pass_on() {
  signalled=yes
  # On a terminal, Ctrl+C has already reached the command, which is in the same foreground group.
  if [[ $1 == INT || $1 == QUIT ]] && [[ -t 0 ]]; then return; fi
  kill -s "$1" "$command" 2> /dev/null
  # An interactive shell ignores TERM, but `docker stop` allows 10 seconds in all.
  if [[ $1 == TERM || $1 == HUP ]] && [[ -z $watchdog ]]; then
    (sleep 2 && kill -s HUP "$command" && sleep 2 && kill -s KILL "$command") 2> /dev/null &
    watchdog=$!
  fi
}

# In the background, because bash runs a trap only after the command in the foreground; there it would ignore INT and QUIT.
"${as_user[@]}" env --default-signal=INT,QUIT "$@" <&0 &
command=$!
trap 'pass_on HUP' HUP
trap 'pass_on INT' INT
trap 'pass_on QUIT' QUIT
trap 'pass_on TERM' TERM
# A trapped signal ends `wait` early, with 128 and its number. 127: the end was already reported by the `wait` before. Below 0:
# the command ended in the moment of the signal and bash 5.2 lost its status, so the signal's stands for it.
status=127
while :; do
  signalled=''
  wait "$command"
  result=$?
  ((result == 127 || result < 0)) || status=$result
  [[ -n $signalled ]] || break
done
[[ -z $watchdog ]] || kill "$watchdog" 2> /dev/null
trap '' HUP INT QUIT TERM
# The command may have left the terminal raw, its cursor behind a prompt.
if [[ -t 0 ]]; then
  stty sane 2> /dev/null
  echo >&2
fi

# ---- The state, copied out ----

# Whether a credentials file holds a login: a refused refresh leaves one with empty tokens.
holds_login() {
  [[ -f $1 ]] && node -e '
    const { claudeAiOauth } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    process.exit(typeof claudeAiOauth.accessToken === "string" && claudeAiOauth.accessToken !== "" ? 0 : 1);
  ' < "$1" 2> /dev/null
}

# Regular files only, read as their own user: a link could lead to what only root may read.
read_state() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  "${as_user[@]}" sh -c 'cd "$1" && find . \
    \( -name ".*.lock" -o -name ".credentials.json.tmp.*" -o -name ".claude.json.tmp.*" \) -prune \
    -o -type f -print0 | tar -c -f - --null -T - --hard-dereference --ignore-failed-read' sh "$config"
}

copy_out() {
  local stage owner folder given=() failed=0
  umask 077
  owner=$(stat -c %u "$output")
  if ((UID == 0)); then given=(-o "$owner" -g "$(stat -c %g "$output")"); fi
  find "$output" -maxdepth 1 -name "${staging##*/}.*" -mmin +10 -exec rm -rf {} +
  stage=$(mktemp -d "$staging.XXXXXX") || return
  trap 'rm -rf "$stage"; trap - RETURN' RETURN

  read_state | tar -x -f - -C "$stage" --no-same-owner --no-same-permissions
  # 1 of the writing tar: a file changed while it was read, such as a log.
  ((PIPESTATUS[0] <= 1 && PIPESTATUS[1] == 0)) || return
  if ! holds_login "$stage/.credentials.json"; then
    if holds_login "$output/.credentials.json"; then
      say "no new login was made; the login in $output stays as it was"
      return 0
    fi
    say 'no login was made'
    rm -f "$stage/.credentials.json"
  fi

  find "$stage" -type d -exec chmod 0700 {} + -o -type f -exec chmod 0600 {} + || failed=1
  if ((UID == 0)); then chown -R --reference="$output" "$stage" || failed=1; fi
  while IFS= read -r -d '' folder; do
    if [[ $folder != . || -O $output || $UID == 0 ]]; then
      install -d -m 0700 "${given[@]}" "$output/$folder" || failed=1
    fi
    find "$stage/$folder" -maxdepth 1 -type f ! -path "$stage/./.credentials.json" \
      -exec mv -f -t "$output/$folder" -- {} + || failed=1
  done < <(cd "$stage" && find . -type d -print0)
  # Last and whole, so that whoever watches the directory never sees a login half there.
  if [[ -f $stage/.credentials.json ]]; then
    sync "$stage/.credentials.json"
    mv -f -T "$stage/.credentials.json" "$output/.credentials.json" || return
    say "the login was copied to $output"
  fi
  ((owner != 0)) || say "$output belongs to root; to use it as yourself, on the host: sudo chown -R \$(id -u) on that directory"
  return "$failed"
}

if ! copy_out; then
  say "not everything could be copied to $output"
  ((status != 0)) || status=1
fi
exit "$status"
