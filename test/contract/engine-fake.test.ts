import type { FakeContainer } from '../../src/adapters/practice/fake-container.ts';
import { createFakeEngine } from '../../src/adapters/practice/fake-engine.ts';
import { engineContract } from './engine-contract.ts';

const commands = { report: ['report'], echo: ['echo'], stay: ['stay'] };

const play = (container: FakeContainer): void => {
  const { session } = container;
  switch (container.spec.command[0]) {
    case 'report':
      container.stdout = 'out\n';
      container.stderr = 'err\n';
      container.exit(3);
      break;
    case 'echo': {
      session?.emit('ready\r\n');
      let typed = '';
      session?.onInput((text) => {
        typed += text;
        for (let end = typed.indexOf('\r'); end !== -1; end = typed.indexOf('\r')) {
          const line = typed.slice(0, end);
          typed = typed.slice(end + 1);
          session.emit(`got ${line}\r\n`);
          if (line === 'bye') container.exit(5);
        }
      });
      break;
    }
    default:
  }
};

engineContract('the fake', async () => {
  const engine = createFakeEngine();
  const image = 'claude-setup-test/contract:fake';
  const labels = { 'claude-setup-test.owner': 'contract' };
  engine.images.set(image, { id: 'sha256:0', tags: [image], createdAt: 0, size: 1, labels: {} });
  engine.program(play);
  return {
    engine,
    image,
    commands,
    labels,
    directory: '/home/node',
    async build(kind, onEvent, signal) {
      const { Readable } = await import('node:stream');
      const request = {
        context: Readable.from([]),
        dockerfile: 'Dockerfile',
        tags: ['claude-setup-test/contract:built'],
        labels,
        buildArgs: {},
        extraHosts: [],
        noCache: false,
      };
      if (kind !== 'good') engine.build.hold();
      const building = engine.build(request, onEvent, signal);
      if (kind === 'endless') engine.build.emit({ type: 'line', text: 'still at it' });
      if (kind === 'failing') {
        engine.build.fail({ code: 'image.step-failed', what: 'It failed', why: 'as told', fix: 'try again' });
      }
      return building;
    },
    close: async () => {},
  };
});
