import type { FailureCode } from '../failure.ts';
import { buildImageFix, byHand, lookAgain, signInAgain, withoutDocker } from './fixes.ts';
import type { Diagnosis, Playbook } from './playbook.ts';

const attemptsOf = (codes: readonly FailureCode[]): Playbook['diagnose'] => {
  return ({ engine, profile }) => {
    if (engine.found !== null || profile?.runtime === 'sandbox') return null;
    const attempts = engine.attempts.filter(({ failure }) => codes.includes(failure.code));
    const [first] = attempts;
    if (first === undefined) return null;
    return {
      cause: first.failure.what,
      evidence: attempts.map(({ endpoint, failure }) => `${endpoint}: ${failure.why}`),
      fixes: [byHand(first.failure.fix), withoutDocker(profile), lookAgain],
    };
  };
};

/** A playbook for failures that carry their own cause and fix. */
const onFailure =
  (codes: readonly FailureCode[], fixes: Diagnosis['fixes']): Playbook['diagnose'] =>
  ({ failure }) =>
    failure !== null && codes.includes(failure.code)
      ? { cause: failure.what, evidence: [failure.why], fixes: [byHand(failure.fix), ...fixes] }
      : null;

/** Failures whose cause the other playbooks find by looking, or that have one of their own. */
const foundOtherwise: readonly FailureCode[] = [
  'engine.missing',
  'engine.permission',
  'engine.timeout',
  'engine.lost',
  'image.missing',
  'image.network',
  'image.base-missing',
  'image.tls',
  'image.step-failed',
  'image.cli-version',
  'image.disk-full',
  'container.name-taken',
  'disk.full',
  'disk.read-only',
  'login.missing',
  'login.malformed',
  'refresh.refused',
];

/** What went wrong just now and nothing else explains. It comes last. */
export const otherFailure: Playbook = {
  id: 'failure',
  symptom: 'Something did not work just now',
  checks: [],
  diagnose: ({ failure, profile }) => {
    if (failure === null || foundOtherwise.includes(failure.code)) return null;
    const again = failure.code.startsWith('sign-in.') || failure.code.startsWith('capture.');
    return {
      cause: failure.what,
      evidence: [failure.why],
      fixes: [byHand(failure.fix), ...(again && profile !== null ? [signInAgain(profile)] : []), lookAgain],
    };
  },
};

/** Trouble with the engine and the setup image. */
export const enginePlaybooks: readonly Playbook[] = [
  {
    id: 'engine-permission',
    symptom: 'Docker is there, but "permission denied" on its socket',
    checks: [],
    diagnose: attemptsOf(['engine.permission']),
  },
  {
    id: 'engine-silent',
    symptom: 'Docker does not answer',
    checks: [],
    diagnose: attemptsOf(['engine.timeout', 'engine.lost', 'engine.refused']),
  },
  {
    id: 'engine-missing',
    symptom: 'No Docker engine is found',
    checks: [],
    diagnose: ({ engine, profile }) =>
      engine.found !== null ||
      profile?.runtime === 'sandbox' ||
      engine.attempts.some(({ failure }) => failure.code !== 'engine.missing')
        ? null
        : {
            cause: 'No Docker engine runs on this machine, or none where it is usually found',
            evidence: engine.attempts.map(({ endpoint, failure }) => `${endpoint}: ${failure.why}`),
            fixes: [
              byHand(
                'Start Docker (Docker Desktop, or: sudo systemctl start docker), or set DOCKER_HOST to where it is.',
              ),
              withoutDocker(profile),
              lookAgain,
            ],
          },
  },
  {
    id: 'image-network',
    symptom: 'The image build stops because nothing can be downloaded',
    checks: [],
    diagnose: onFailure(['image.network', 'image.base-missing'], [buildImageFix()]),
  },
  {
    id: 'image-tls',
    symptom: 'The image build stops at a certificate error',
    checks: [],
    diagnose: onFailure(['image.tls'], [buildImageFix()]),
  },
  {
    id: 'image-build',
    symptom: 'The image build fails at one of its steps',
    checks: [],
    diagnose: onFailure(['image.step-failed', 'image.cli-version', 'image.disk-full'], [buildImageFix(true)]),
  },
  {
    id: 'image-missing',
    symptom: 'The setup image is not there, or was built with other settings',
    checks: [],
    diagnose: ({ image, profile }) =>
      image === null || image.state === 'current' || profile?.runtime === 'sandbox'
        ? null
        : {
            cause:
              image.state === 'missing'
                ? 'The setup image was never built on this engine'
                : 'The setup image was built with other settings than those of now',
            evidence: [
              `wanted: ${image.reference}`,
              `there: ${image.cliVersion === null ? 'none' : `one with CLI ${image.cliVersion}`}`,
            ],
            fixes: [buildImageFix()],
          },
  },
  {
    id: 'container-name',
    symptom: "The container can't be created because its name is taken",
    checks: [],
    diagnose: onFailure(['container.name-taken'], [lookAgain]),
  },
];
