#!/bin/bash
# Stands in for the Claude CLI in a container of the setup image: leaves made-up files as a sign-in would, then ends as
# it is told to. Mounted over /usr/local/bin/claude.
#   SCRIPT_LOGIN=good|blanked|empty|none   the .credentials.json it leaves (default good)
#   SCRIPT_END=NUMBER|stay|deaf            exits with NUMBER (default 0), stays until a signal, or stays deaf to TERM and HUP
set -eu
cd "$CLAUDE_CONFIG_DIR"

echo "user $(id -u):$(id -g), $(grep -E '^(CapPrm|CapBnd|NoNewPrivs)' /proc/self/status | tr -s '\t\n' ' ')"
mkdir -p projects/demo .storage-write.lock
echo '{}' > projects/demo/history.jsonl
echo '{"hasCompletedOnboarding":true}' > .claude.json
echo 'half' > .credentials.json.tmp.0a1b
ln -sf /etc/shadow link-out
case ${SCRIPT_LOGIN-good} in
  good) echo '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TESTnew","refreshToken":"sk-ant-ort01-TESTnew","expiresAt":1}}' ;;
  blanked) echo '{"claudeAiOauth":{"accessToken":"","refreshToken":"","expiresAt":0},"mcpOAuth":{"x":{"accessToken":"other"}}}' ;;
  *) true ;;
esac > .credentials.json
[[ ${SCRIPT_LOGIN-good} != none ]] || rm .credentials.json

case ${SCRIPT_END-0} in
  stay)
    echo ready
    exec sleep 300
    ;;
  deaf)
    trap '' TERM HUP
    echo ready
    sleep 300
    ;;
  *) exit "${SCRIPT_END-0}" ;;
esac
