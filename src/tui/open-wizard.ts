import type { Config } from '../domain/config.ts';
import { ok, type Result } from '../domain/failure.ts';
import type { RuntimeKind, SignInMethod } from '../domain/profile.ts';
import type { Answers, WizardFacts } from '../domain/wizard/steps.ts';
import { noAnswers } from '../domain/wizard/wizard.ts';
import type { Ports } from '../ports/ports.ts';
import { emptyWorld, probeWizard, type WizardWorld } from '../usecases/wizard-facts.ts';

/** What the command line says about the wizard. */
export interface WizardOpening {
  readonly profile: string | null;
  readonly runtime: RuntimeKind | null;
  readonly method?: SignInMethod | null;
  /** Whether to sign in anew although the login is fine. */
  readonly again?: boolean;
}

/** What a wizard begins with. */
export interface OpenedWizard {
  readonly answers: Answers;
  readonly facts: Partial<WizardFacts>;
  readonly world: WizardWorld;
}

/** The answers to begin with: those of the command line, else those of a wizard that was left before its end. */
const firstAnswers = (config: Config, { profile, runtime, method, again }: WizardOpening): Answers => {
  const saved = config.wizard ?? null;
  const resumed = saved !== null && (profile === null || profile === saved.profile) ? saved : noAnswers;
  const name = profile ?? resumed.profile;
  const known = profile === null ? undefined : config.profiles.find((candidate) => candidate.name === name);
  return {
    profile: name,
    runtime: runtime ?? resumed.runtime ?? known?.runtime ?? null,
    method: method ?? resumed.method,
    again: again ?? false,
  };
};

export const openWizard = async (
  ports: Ports,
  opening: WizardOpening,
  signal: AbortSignal,
): Promise<Result<OpenedWizard>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const answers = firstAnswers(config.value, opening);
  const probed = await probeWizard(ports, { answers, world: emptyWorld }, signal);
  return probed.ok ? ok({ answers, ...probed.value }) : probed;
};

/**
 * The same before the screens are drawn, so that their first picture is the first step. Null where that has to wait for
 * an engine, or fails: then the screens show what is waited for, and why it fails.
 */
export const openWizardAtOnce = async (
  ports: Ports,
  opening: WizardOpening,
  signal: AbortSignal,
): Promise<OpenedWizard | null> => {
  const config = await ports.settings.load();
  if (!config.ok || firstAnswers(config.value, opening).runtime === 'docker') return null;
  const opened = await openWizard(ports, opening, signal);
  return opened.ok ? opened.value : null;
};
