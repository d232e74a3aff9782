import type { CheckId } from '../checks/report.ts';
import type { Picture } from './picture.ts';

/** Something that can be done on one key. Everything it needs is in it. */
export type FixAction =
  | { readonly type: 'tighten-permissions'; readonly authDir: string }
  | { readonly type: 'build-image'; readonly noCache: boolean }
  | { readonly type: 'sign-in'; readonly profile: string }
  | { readonly type: 'capture'; readonly profile: string }
  | { readonly type: 'refresh'; readonly profile: string }
  | { readonly type: 'recover'; readonly profile: string }
  | { readonly type: 'roll-back'; readonly profile: string; readonly snapshot: string }
  | { readonly type: 'mark-onboarding'; readonly authDir: string }
  | { readonly type: 'write-file'; readonly path: string; readonly content: string }
  | { readonly type: 'use-sandbox'; readonly profile: string | null }
  | { readonly type: 'look-again' };

/** A fix as it is offered: one key, and what it will do, shown before it is done. */
export interface Fix {
  readonly label: string;
  /** Sentences or command lines. */
  readonly does: readonly string[];
  /** Null when only a person can do it: `does` then says what. */
  readonly action: FixAction | null;
}

/** What a playbook found: the cause in one sentence, what shows it, and ways out, the best first. */
export interface Diagnosis {
  readonly cause: string;
  readonly evidence: readonly string[];
  readonly fixes: readonly Fix[];
}

/** One kind of trouble. */
export interface Playbook {
  readonly id: string;
  /** What a person sees of it. */
  readonly symptom: string;
  /** The checks it is about, for the links from findings. */
  readonly checks: readonly CheckId[];
  /** Null when the picture does not show this trouble. */
  readonly diagnose: (picture: Picture) => Diagnosis | null;
}
