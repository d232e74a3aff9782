export * from '../../src/adapters/practice/fake-engine.ts';
