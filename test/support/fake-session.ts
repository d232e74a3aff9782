export * from '../../src/adapters/practice/fake-session.ts';
