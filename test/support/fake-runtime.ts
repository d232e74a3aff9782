export * from '../../src/adapters/practice/fake-runtime.ts';
