import { sealedAndLocked } from '../seal.ts';
import { shellQuoted } from '../shell.ts';
import { type Check, fail, pass, signIn, skip, warn } from './check.ts';
import { hidingVariables, settingsOverrides } from './settings.ts';

/** What a captured state usually holds beside the login. */
const knownParts = [
  '.claude.json',
  'settings.json',
  'settings.local.json',
  'projects',
  'plugins',
  'sessions',
];

export const stateChecks: readonly Check[] = [
  {
    id: 'state.onboarding',
    needs: ['directory.present'],
    decide: (subject) => {
      const { state, stateJson, stateIsJson, authDir } = subject;
      if (subject.seal?.trouble) return skip(sealedAndLocked);
      const path = shellQuoted(`${authDir}/.claude.json`);
      const fix = `finish it in the wizard: ${signIn(subject)}`;
      if (state.kind === 'missing')
        return warn('.claude.json is missing, so the next container asks for theme and sign-in again', fix);
      // Observed: the CLI ends at once with "Configuration error" then, so nothing works with this directory.
      if (!stateIsJson) {
        return fail(
          '.claude.json is not JSON, and the CLI refuses to start with it',
          `mv ${path} ${path}.broken`,
        );
      }
      // Observed: the CLI waits for a pipe for ever.
      if (state.kind === 'other')
        return fail(
          '.claude.json is no regular file (a pipe, socket or device)',
          `mv ${path} ${path}.broken`,
        );
      if (state.kind === 'file' && state.content === null) {
        const size = `${Math.round(state.size / 1024)} KiB`;
        return warn(
          `.claude.json is so large (${size}) that leases go out without it`,
          `remove old entries of "projects" from ${path}`,
        );
      }
      if (stateJson === null) return warn(".claude.json can't be read as an object", fix);
      if (stateJson.hasCompletedOnboarding !== true)
        return warn('The first-run screens were not finished, so the next container shows them', fix);
      return pass('The first-run screens are done');
    },
  },
  {
    id: 'state.files',
    needs: ['directory.present'],
    decide: ({ entries, seal }) => {
      if (seal?.trouble) return pass(sealedAndLocked);
      const present = knownParts.filter((name) => entries.includes(name));
      return pass(
        present.length === 0 ? 'Only the login was captured' : `Also captured: ${present.join(', ')}`,
      );
    },
  },
  {
    id: 'auth.override',
    needs: [],
    decide: ({ overridingVariables, settingsJson, authDir }) => {
      const hides = hidingVariables(settingsJson);
      if (hides.length > 0)
        return fail(
          `The env block in settings.json sets ${hides.join(' and ')}, which keeps the CLI from this login`,
          `remove it from ${shellQuoted(`${authDir}/settings.json`)}`,
        );
      const sources = [...overridingVariables, ...settingsOverrides(settingsJson)];
      if (sources.length === 0) return pass('Nothing outranks the captured login');
      return warn(
        `${sources.join(', ')} can outrank the captured login`,
        'remove it, unless that is what you want',
      );
    },
  },
  {
    id: 'cli.accepts',
    needs: [],
    decide: (subject) => {
      const { live } = subject;
      if (live === null) return skip('The real CLI was not asked (check --live asks it)');
      if (live.fix !== null) return fail(`The Claude CLI could not be asked: ${live.detail}`, live.fix);
      if (!live.loggedIn)
        return fail(`The Claude CLI does not accept the login: ${live.detail}`, signIn(subject));
      return pass(
        `The Claude CLI accepts the login${live.authMethod === null ? '' : ` (${live.authMethod})`}`,
      );
    },
  },
];
