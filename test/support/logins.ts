/** A made-up login, as the text of `.credentials.json`. Two with different names hold different tokens. */
export const loginText = (name: string, expiresAt = Date.UTC(2030, 0, 1)): string =>
  `${JSON.stringify({
    claudeAiOauth: {
      accessToken: `sk-ant-oat01-TEST-${name}`,
      refreshToken: `sk-ant-ort01-TEST-${name}`,
      expiresAt,
      scopes: ['user:inference', 'user:profile'],
      subscriptionType: 'max',
    },
  })}\n`;

/** The text of a `.claude.json` of the same account. */
export const stateText = (name: string): string =>
  `${JSON.stringify({
    oauthAccount: { emailAddress: `${name}@example.com`, organizationName: name },
    hasCompletedOnboarding: true,
  })}\n`;
