import { expect, it } from 'vitest';
import { unseenStatus } from '../../../src/domain/watch/events.ts';
import { metricsText } from '../../../src/domain/watch/metrics.ts';

const now = Date.UTC(2026, 10, 24, 10);

it('writes what Prometheus reads, and leaves out what is not known', () => {
  const dev = {
    ...unseenStatus('dev'),
    expiresAt: now + 1500,
    lastSuccessAt: now,
    failures: 2,
    needsPerson: true,
  };
  expect(metricsText([dev, unseenStatus('test')], now)).toMatchInlineSnapshot(`
    "# HELP claude_setup_access_token_expiry_timestamp_seconds When the access token ends.
    # TYPE claude_setup_access_token_expiry_timestamp_seconds gauge
    claude_setup_access_token_expiry_timestamp_seconds{profile="dev"} 1795514401.5
    # HELP claude_setup_last_success_timestamp_seconds When the profile was last found fresh or refreshed.
    # TYPE claude_setup_last_success_timestamp_seconds gauge
    claude_setup_last_success_timestamp_seconds{profile="dev"} 1795514400
    # HELP claude_setup_refresh_failures_total Refreshes that failed since the watch began.
    # TYPE claude_setup_refresh_failures_total counter
    claude_setup_refresh_failures_total{profile="dev"} 2
    claude_setup_refresh_failures_total{profile="test"} 0
    # HELP claude_setup_needs_person Whether somebody has to do something, such as sign in again.
    # TYPE claude_setup_needs_person gauge
    claude_setup_needs_person{profile="dev"} 1
    claude_setup_needs_person{profile="test"} 0
    # HELP claude_setup_watch_timestamp_seconds When the profiles were last looked at.
    # TYPE claude_setup_watch_timestamp_seconds gauge
    claude_setup_watch_timestamp_seconds 1795514400
    "
  `);
});

it('escapes labels, and says nothing of profiles when there are none', () => {
  expect(metricsText([unseenStatus('a"b\\c\nd')], now)).toContain(String.raw`{profile="a\"b\\c\nd"}`);
  expect(metricsText([], now).split('\n')).toHaveLength(4);
});
