import { fail, ok, type Result } from '../domain/failure.ts';
import type { Ports } from '../ports/ports.ts';

/** One file that would change. `before` and `after` are whole contents; `lines` say the change for people. */
export interface FirstRunChange {
  readonly file: string;
  readonly before: string | null;
  readonly after: string;
  readonly lines: readonly string[];
}

/** What answers the CLI's first-run screens in the next container. Empty when they are answered already. */
export interface FirstRunPlan {
  readonly changes: readonly FirstRunChange[];
}

export interface FirstRunInput {
  readonly authDir: string;
  /** Folders as the containers see them, such as `/workspace`. */
  readonly trustFolders: readonly string[];
}

type Json = Record<string, unknown>;

/**
 * Plans what marks onboarding done, trusts the folders and answers the bypass warning, without writing anything
 * (source: claude-cli-observed, "Trust and bypass prompts in containers").
 */
export const planFirstRun = async (
  ports: Ports,
  { authDir, trustFolders }: FirstRunInput,
): Promise<Result<FirstRunPlan>> => {
  const unlocked = await ports.seals.unlock(authDir);
  if (!unlocked.ok) return unlocked;
  const facts = await ports.store.gather(authDir);
  const state = readJson('.claude.json', facts.state.content);
  if (!state.ok) return state;
  const settings = readJson('settings.json', facts.settings.content);
  if (!settings.ok) return settings;
  const changes = [
    change('.claude.json', state.value, [markOnboarded, ...trustFolders.map(trust)]),
    change('settings.json', settings.value, [skipBypassWarning]),
  ];
  return ok({ changes: changes.filter((entry) => entry.lines.length > 0) });
};

/** Writes a plan. Fails without writing when a file changed since the plan was made. */
export const applyFirstRun = async (
  ports: Ports,
  { authDir, plan }: { readonly authDir: string; readonly plan: FirstRunPlan },
): Promise<Result<void>> => {
  const facts = await ports.store.gather(authDir);
  const now = { '.claude.json': text(facts.state.content), 'settings.json': text(facts.settings.content) };
  for (const { file, before } of plan.changes) {
    if (now[file as keyof typeof now] !== before) {
      return fail(
        'capture.interrupted',
        `${file} was not changed`,
        'something else wrote it since the change was shown',
        'look at the change again',
      );
    }
  }
  return ports.store.write(authDir, new Map(plan.changes.map(({ file, after }) => [file, after])));
};

/** An edit of a JSON object: the edited object and how to say it, or null when there is nothing to do. */
type Edit = (json: Json) => { readonly json: Json; readonly line: string } | null;

const markOnboarded: Edit = (json) =>
  json.hasCompletedOnboarding === true
    ? null
    : { json: { ...json, hasCompletedOnboarding: true }, line: 'hasCompletedOnboarding: true' };

const trust =
  (folder: string): Edit =>
  (json) => {
    const projects = object(json.projects);
    const project = object(projects[folder]);
    if (project.hasTrustDialogAccepted === true) return null;
    return {
      json: { ...json, projects: { ...projects, [folder]: { ...project, hasTrustDialogAccepted: true } } },
      line: `projects["${folder}"].hasTrustDialogAccepted: true`,
    };
  };

const skipBypassWarning: Edit = (json) =>
  json.skipDangerousModePermissionPrompt === true
    ? null
    : {
        json: { ...json, skipDangerousModePermissionPrompt: true },
        line: 'skipDangerousModePermissionPrompt: true',
      };

const change = (file: string, before: string | null, edits: readonly Edit[]): FirstRunChange => {
  let json: Json = before === null ? {} : JSON.parse(before);
  const lines: string[] = [];
  for (const edit of edits) {
    const edited = edit(json);
    if (edited === null) continue;
    json = edited.json;
    lines.push(edited.line);
  }
  return { file, before, after: `${JSON.stringify(json, null, 2)}\n`, lines };
};

const text = (content: Uint8Array | null): string | null =>
  content === null ? null : new TextDecoder().decode(content);

const readJson = (file: string, content: Uint8Array | null): Result<string | null> => {
  const source = text(content);
  if (source === null) return ok(null);
  try {
    const json: unknown = JSON.parse(source);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return ok(source);
  } catch {
    // Falls through to the failure: a file that is not an object is never overwritten.
  }
  return fail(
    'login.malformed',
    `${file} was left as it is`,
    'it does not hold a JSON object',
    `mend or remove ${file} in the auth directory`,
  );
};

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
